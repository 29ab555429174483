/** What a command may ask for beyond the sandbox, as the gate is asked. */
import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { bash } from '../../../src/tools/run/bash.ts'
import { runTests } from '../../../src/tools/run/run-tests.ts'
import { openSandboxBench } from '../search/sandbox-bench.ts'

test('one path, host or the way out is named with its reason', async () => {
  await using bench = await openSandboxBench({ files: { 'src/a.ts': '' } })
  await mkdir(join(bench.directory, 'outside'))
  await symlink(join(bench.directory, 'outside'), bench.path('link'))
  const widening = async (escalate: object) =>
    (
      await bash.request?.(
        { command: 'make', cwd: 'src', escalate: { reason: ' to\nbuild ', ...escalate } },
        bench.context,
      )
    )?.widening
  const reason = 'to build'
  expect(await widening({ path: '../link' })).toEqual({
    what: 'path',
    path: join(bench.directory, 'outside'),
    reason,
  })
  if (existsSync(homedir())) expect(await widening({ path: '~' })).toMatchObject({ what: 'path' })
  expect(await widening({ host: 'PyPI.org' })).toEqual({ what: 'host', host: 'pypi.org', reason })
  expect(await widening({ host: 'https://packages.example.org/left-pad' })).toEqual({
    what: 'host',
    host: 'packages.example.org',
    reason,
  })
  expect(await widening({ host: 'localhost:4873' })).toMatchObject({ host: 'localhost:4873' })
  expect(await widening({ unsandboxed: true })).toEqual({ what: 'unsandboxed', reason })
})

test('nothing, two things, no reason and what is no host are refused', async () => {
  await using bench = await openSandboxBench()
  const refuse = (escalate: object) =>
    expect(
      bash.request?.({ command: 'make', escalate: { reason: 'r', ...escalate } }, bench.context),
    ).rejects
  await refuse({}).toThrow('escalate names nothing beside its reason; give exactly one of')
  await refuse({ path: ' ', unsandboxed: false }).toThrow('names nothing')
  await refuse({ path: '/x', host: 'y' }).toThrow('escalate names 2 things')
  await refuse({ reason: ' ', host: 'y' }).toThrow('escalate.reason is empty')
  for (const host of ['*.org', 'two words', '/path', 'http://'])
    await refuse({ host }).toThrow('give one host name')
  await refuse({ path: 'a\0b' }).toThrow('NUL')
})

test('nobody is asked for a path that is not there and so could not be given', async () => {
  await using bench = await openSandboxBench()
  const outside = join(bench.directory, 'outside')
  await mkdir(outside)
  const refuse = (path: string) =>
    expect(bash.request?.({ command: 'make', escalate: { reason: 'r', path } }, bench.context))
      .rejects
  await refuse('../outside/new/file').toThrow(
    `escalate.path is ${outside}/new/file, which does not exist and so cannot be made writable; give its directory ${outside}`,
  )
  await refuse('/codi-is-not-there/x').toThrow('choose another place')
})

test('what the gate grants goes with the command, of bash and of run_tests', async () => {
  await using bench = await openSandboxBench()
  const asked: unknown[] = []
  const { sandbox } = bench.context.services
  const watched = new Proxy(sandbox, {
    get: (service, name) =>
      name !== 'run'
        ? service[name as keyof typeof service]
        : (request: Parameters<typeof sandbox.run>[0]) => {
            asked.push(request.access)
            return service.run(request)
          },
  })
  const access = { gitWrite: true as const }
  const over = {
    services: { ...bench.context.services, sandbox: watched },
    approved: { paths: [bench.root], hosts: [], command: 'true', access },
  }
  await bench.run(bash, { command: 'true' }, over)
  await bench.run(runTests, { command: 'true' }, over)
  expect(asked).toEqual([access, access])
})

test.skipIf(process.getuid?.() === 0)('a place that nobody may look into is said', async () => {
  await using bench = await openSandboxBench()
  const closed = join(bench.directory, 'closed')
  await mkdir(closed, { mode: 0 })
  const escalate = { reason: 'r', path: '../closed/file' }
  await expect(bash.request?.({ command: 'make', escalate }, bench.context)).rejects.toThrow(
    'Permission denied',
  )
  await chmod(closed, 0o700)
})
