/** The same program with a worker, from source and as an executable: it works, and it ends by itself. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const workers = join(import.meta.dir, '../fixtures/workers')
const directory = mkdtempSync(join(tmpdir(), 'codi-rpc-'))
const executable = join(directory, 'program')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

beforeAll(async () => {
  const flags = ['--compile', '--minify', '--bytecode', '--format=esm', '--outfile', executable]
  const entries = ['program.ts', 'parts.ts'].map((name) => join(workers, name))
  const build = await run([process.execPath, 'build', ...flags, ...entries])
  if (build.exitCode !== 0) throw new Error(build.stderr)
}, 60_000)

describe.each([
  ['from source', [process.execPath, join(workers, 'program.ts')]],
  ['compiled', [executable]],
])('%s', (_how, argv) => {
  test('calls, binary data, events and crashes cross the line, and an idle worker keeps nothing alive', async () => {
    const { exitCode, stdout } = await run(argv)
    expect(JSON.parse(stdout)).toEqual({
      greeting: 'Hello Ada',
      squares: [9],
      events: 2,
      kind: 'worker',
      message: 'The parts worker stopped (error: the roof fell in); try again',
    })
    expect(exitCode).toBe(0)
  })

  test('a pending call keeps the process alive until it ends', async () => {
    const { exitCode, stdout } = await run([...argv, '--wait'])
    expect(stdout.trim().split('\n').at(-1)).toBe('cancelled')
    expect(exitCode).toBe(0)
  })
})

async function run(argv: string[]) {
  const child = Bun.spawn(argv, { stdout: 'pipe', stderr: 'pipe', cwd: directory })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { exitCode: await child.exited, stdout, stderr }
}
