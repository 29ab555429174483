/** Captures through the worker: which way is taken where, what a result says of it, and what becomes of each. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../../../src/base/remove-tree.ts'
import type { CommandRequest, SandboxPolicy } from '../../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../../src/contract/services.ts'
import { openBubblewrap } from '../../../../workers/sandbox/confine/bubblewrap.ts'
import { openConfiner } from '../../../../workers/sandbox/confine/confiner.ts'
import { openThread } from '../../../../workers/sandbox/confine/thread.ts'
import { openHostQuestions } from '../../../../workers/sandbox/proxy/questions.ts'
import { createSandbox, type Sandbox } from '../../../../workers/sandbox/service.ts'
import { builtHelper, whyNotMode } from '../helper-run.ts'
import { readLog, restore, snapshot } from './capture-tree.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-changes-')))
const workspace = join(root, 'work')
const capture = join(root, 'capture')
const inside = (path: string) => join(workspace, path)
afterAll(() => removeTree(root))
// The helper is built where it can be, as a run from source starts it.
builtHelper()

let sandbox: Sandbox | undefined
const events: WorkerEvent[] = []
afterEach(async () => {
  await sandbox?.close()
  sandbox = undefined
})
beforeEach(() => {
  events.length = 0
  for (const path of [workspace, capture]) {
    removeTree(path)
    mkdirSync(path)
  }
})

function optionsOf(policy: Partial<SandboxPolicy>) {
  return {
    directory: join(root, 'codi'),
    policy: {
      mode: 'workspace',
      writable: [workspace],
      protected: [inside('.git')],
      unreadable: [join(root, 'codi')],
      unreadableGlobs: [],
      network: 'off',
      allowedHosts: [],
      keepEnvironment: [],
      limits: { cpuSeconds: 0, memoryBytes: 0, processes: 0, fileBytes: 0 },
      ...policy,
    } satisfies SandboxPolicy,
  }
}

function open(policy: Partial<SandboxPolicy> = {}): Sandbox {
  sandbox = createSandbox(optionsOf(policy), (event) => events.push(event), {
    started() {},
    ended() {},
  })
  return sandbox
}

function run(command: string, more: Partial<CommandRequest> = {}) {
  return (sandbox ?? open()).run({
    ...{ id: crypto.randomUUID(), command, cwd: workspace, timeoutMs: 20_000 },
    ...{ maxOutputBytes: 10_000, captureDirectory: capture, ...more },
  })
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(5)
}

function git(...args: string[]): void {
  Bun.spawnSync(['git', '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
    cwd: workspace,
    env: { PATH: process.env.PATH ?? '', HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
  })
}

/** Clean, changed, new and ignored files. */
function fillRepository(): void {
  mkdirSync(inside('lib/deep'), { recursive: true })
  for (const name of ['clean.txt', 'changed.txt', 'lib/one.txt', 'lib/deep/two.txt'])
    writeFileSync(inside(name), `${name} as committed\n`)
  writeFileSync(inside('.gitignore'), 'made/\n')
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'first')
  writeFileSync(inside('changed.txt'), 'changed since\n')
  writeFileSync(inside('new.txt'), 'not in git\n')
  symlinkSync('clean.txt', inside('link'))
}

const script = [
  'echo x > clean.txt; echo x >> changed.txt; rm new.txt; rm link; ln -s new.txt link',
  'rm -rf lib; mkdir -p fresh/er; echo x > fresh/er/f; mkdir lib; echo y > lib/one.txt',
].join('; ')

describe.skipIf(whyNotMode('full') !== undefined)('In the sandbox', () => {
  test('the kernel tells, and the result says so', async () => {
    fillRepository()
    const before = snapshot(workspace)
    expect((await open().probe({})).capture).toEqual({ by: 'notify', note: '' })
    const result = await run(script)
    expect(result.capture).toEqual({ by: 'notify', note: '' })
    restore(capture)
    expect(snapshot(workspace)).toEqual(before)
  })

  test('a command that becomes a background shell is captured to its end', async () => {
    const result = await run(
      'echo one > first; while ! test -e go; do sleep 0.01; done; echo two > second',
      {
        background: { afterMs: 100 },
      },
    )
    expect(result.shell).toBe('sh_1')
    expect(result.capture).toEqual({ by: 'notify', note: '' })
    expect(readLog(capture).map(({ path }) => path)).toEqual([inside('first')])
    writeFileSync(inside('go'), '')
    await sandbox?.shellOutput({ id: 'sh_1', maxBytes: 100, waitMs: 10_000 })
    expect(readLog(capture).map(({ path }) => path)).toEqual([inside('first'), inside('second')])
  })

  test('what codi lends to commands is left out', async () => {
    await run('mkdir -p "$XDG_CACHE_HOME" && echo x > "$XDG_CACHE_HOME/x"; echo x > "$TMPDIR/x"')
    expect(readLog(capture)).toEqual([])
  })

  test('what changed meanwhile and was not its doing is told once, when nothing runs', async () => {
    writeFileSync(inside('theirs'), 'before')
    mkdirSync(join(root, 'codi'), { recursive: true })
    const began = 'echo x > own; mkfifo gate; cat gate; mv own own2'
    await run('echo x > first')
    // The first pause is for learning what is there.
    await until(() => readdirSync(join(root, 'codi')).some((name) => name.endsWith('-tree')))
    removeTree(capture)
    mkdirSync(capture)
    const running = run(began)
    await until(() => existsSync(inside('gate')))
    writeFileSync(inside('theirs'), 'changed by somebody else')
    writeFileSync(inside('gate'), '')
    await running
    await until(() => events.some(({ type }) => type === 'notice'))
    expect(events.filter(({ type }) => type === 'notice')).toEqual([
      {
        type: 'notice',
        level: 'warning',
        text: `Changed while \`${began}\` ran, not by it as far as codi saw, so that undo does not cover it: ${inside('theirs')}`,
      },
    ])
  }, 30_000)

  test('without a directory for it nothing is captured, and nothing is said', async () => {
    open()
    const { captureDirectory: _, ...request } = {
      captureDirectory: '',
      ...{ id: '1', command: 'echo x > a', cwd: workspace, timeoutMs: 20_000 },
    }
    const result = await sandbox?.run({ ...request, maxOutputBytes: 100 })
    expect(result && 'capture' in result).toBe(false)
    expect(existsSync(join(capture, 'log'))).toBe(false)
  })
})

describe('Outside the sandbox', () => {
  test.skipIf(!Bun.which('git'))(
    'changes are found, and come back from copies and from git',
    async () => {
      fillRepository()
      const before = snapshot(workspace)
      open({ mode: 'off' })
      const result = await run(script)
      expect(result.capture?.by).toBe('scan')
      expect(result.capture?.note).toContain('outside the sandbox')
      restore(capture)
      // Git keeps no times.
      const plain = (tree: Record<string, string>) =>
        Object.fromEntries(Object.entries(tree).map(([path, text]) => [path, text.split(' ')]))
      expect(plain(snapshot(workspace))).toEqual(plain(before))
    },
  )

  test('what nobody has kept is named and not made up', async () => {
    writeFileSync(inside('a'), 'was\n')
    open({ mode: 'off' })
    const result = await run('echo is > a; echo new > b')
    expect(result.capture?.note).toContain('no git repository')
    expect(readLog(capture)).toEqual([
      { path: inside('a'), was: 'other', why: expect.any(String) },
      { path: inside('b'), was: 'absent' },
    ])
  })

  test('an allowed command outside is found the same way, and what the person types is not looked at', async () => {
    open()
    const outside = await run('echo x > made', { access: { unsandboxed: true } })
    expect(outside.capture?.by).toBe('scan')
    expect(readLog(capture).map(({ path }) => path)).toEqual([inside('made')])
    removeTree(capture)
    mkdirSync(capture)
    const typed = await run('echo x > typed', { byPerson: true })
    expect('capture' in typed).toBe(false)
    expect(existsSync(join(capture, 'log'))).toBe(false)
  })
})

for (const [name, backends] of [
  ['a thread that gave up its rights', () => [openThread()]],
  ['bubblewrap', () => [openBubblewrap()]],
] as const)
  test(`Under ${name} changes are found by comparison, and why is said`, async () => {
    const confiner = openConfiner({
      ...optionsOf({ writable: [workspace] }),
      questions: openHostQuestions(() => {}),
      emit: () => {},
      backends,
    })
    try {
      const { capture: how, backend } = await confiner.state()
      // Where it does not confine there is nothing to see.
      if (backend === 'none') return
      expect(how).toEqual({
        by: 'scan',
        note: `${backend} cannot tell of a change before it is made`,
      })
      writeFileSync(inside('gone'), 'was\n')
      const argv = ['sh', '-c', 'echo x > made; rm gone']
      const child = await confiner.start({
        ...{ id: '1', argv, cwd: workspace, stdin: 'ignore', output: 'pipe' },
        captureDirectory: capture,
      })
      await Promise.all([
        child.exited,
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ])
      expect((await child.finish('')).capture?.by).toBe('scan')
      expect(readLog(capture).map(({ path, was }) => [path, was])).toEqual([
        [inside('gone'), 'other'],
        [inside('made'), 'absent'],
      ])
    } finally {
      await confiner.close()
    }
  })
