/**
 * Every change of a command can be taken back from its capture alone, byte for byte, whichever program made it, with
 * namespaces and without.
 */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../../../../src/base/remove-tree.ts'
import { builtHelper, type HelperRun, makePlace, whyNotMode } from '../helper-run.ts'
import { readLog, restore, snapshot } from './capture-tree.ts'
import { type Program, programs } from './programs.ts'

const helper = builtHelper()
const place = makePlace('path' in helper ? helper.path : '')
const { workspace } = place
const capture = join(place.root, 'capture')
const inside = (path: string) => join(workspace, path)
afterAll(() => place.clean())

beforeEach(() => {
  for (const path of [workspace, capture]) {
    removeTree(path)
    mkdirSync(path)
  }
  fill()
})

function fill(): void {
  for (const path of ['d/deep', 'other', 'empty']) mkdirSync(inside(path), { recursive: true })
  for (const name of ['a', 'b', 'c', 'd/one', 'd/two', 'd/deep/three', 'other/four', 'twin-1'])
    writeFileSync(inside(name), `1 of ${name}\n`)
  writeFileSync(inside('big'), Buffer.from(Array.from({ length: 150_000 }, (_, at) => at % 251)))
  writeFileSync(Buffer.concat([Buffer.from(inside('known')), Buffer.from([0xfe])]), 'was\n')
  linkSync(inside('twin-1'), inside('twin-2'))
  symlinkSync('a', inside('to-a'))
  symlinkSync('d', inside('to-d'))
  chmodSync(inside('c'), 0o640)
  for (const name of ['a', 'b', 'd/one', 'big'])
    utimesSync(inside(name), 1_600_000_000, 1_600_000_000)
}

function sh(mode: string, script: string, flags: string[] = []): Promise<HelperRun> {
  return place.sh(['--mode', mode, '--capture', capture, ...flags], script, {
    env: {
      PATH: process.env.PATH ?? '',
      W: workspace,
      LC_ALL: 'C',
      HOME: workspace,
      TMPDIR: '/tmp',
    },
  })
}

function paths(): string[] {
  return readLog(capture).map(({ path }) => path?.slice(workspace.length + 1) ?? '')
}

function isHere({ needs = [] }: Program): boolean {
  return needs.every((name) => Bun.which(name) !== null)
}

for (const mode of ['full', 'weak']) {
  describe.skipIf(whyNotMode(mode) !== undefined)(`In ${mode} mode`, () => {
    const rows = programs.filter(
      (row) => mode === 'full' || !(row.namespaces || row.sh.includes('/tmp')),
    )
    for (const program of rows)
      test.skipIf(!isHere(program))(`${program.name}: what was there comes back`, async () => {
        if (program.needs?.includes('git')) prepareGit()
        const before = snapshot(workspace)
        const run = await sh(mode, program.sh)
        expect(run.stderr).not.toContain('Traceback')
        expect(run.status.find((line) => 'capture' in line)).toEqual({
          capture: true,
          lost: 0,
          missed: 0,
        })
        const named = paths()
        for (const path of program.touches ?? []) expect(named).toContain(path)
        for (const path of program.leaves ?? [])
          expect(named.filter((name) => name === path || name.startsWith(`${path}/`))).toEqual([])
        restore(capture)
        expect(snapshot(workspace)).toEqual(before)
      })
  })
}

/** A repository whose branches differ; its own directory is opened as it is for commands that may write it. */
function prepareGit(): void {
  writeFileSync(inside('tracked.txt'), 'tracked\n')
  const git = (...args: string[]) =>
    Bun.spawnSync(['git', '-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
      cwd: workspace,
      env: { PATH: process.env.PATH ?? '', HOME: place.root, GIT_CONFIG_NOSYSTEM: '1' },
    })
  git('init', '-q', '-b', 'main')
  git('config', 'user.name', 'T')
  git('config', 'user.email', 't@example.org')
  git('add', 'tracked.txt')
  git('commit', '-q', '-m', 'one')
  git('checkout', '-q', '-b', 'other-branch')
  writeFileSync(inside('side.txt'), 'side\n')
  writeFileSync(inside('tracked.txt'), 'tracked differently\n')
  git('add', 'side.txt', 'tracked.txt')
  git('commit', '-q', '-m', 'two')
  git('checkout', '-q', 'main')
}

describe.skipIf(whyNotMode('full') !== undefined)('A capture', () => {
  test('of 100 MB that are mostly a hole is small and whole', async () => {
    Bun.spawnSync(
      [
        'sh',
        '-c',
        'truncate -s 100M sparse; printf end >> sparse; printf b | dd of=sparse conv=notrunc',
      ],
      {
        cwd: workspace,
      },
    )
    const before = snapshot(workspace)
    await sh('full', 'printf x | dd of=sparse bs=1 seek=5000 conv=notrunc 2>/dev/null; rm b')
    const blocks = Bun.spawnSync(['du', '-sk', capture]).stdout.toString()
    expect(Number.parseInt(blocks, 10)).toBeLessThan(1000)
    restore(capture)
    expect(snapshot(workspace)).toEqual(before)
  })

  test('says what was too large to be kept, and keeps it where only its name goes', async () => {
    writeFileSync(inside('large'), 'l'.repeat(300_000))
    const before = snapshot(workspace)
    const run = await sh('full', 'echo x >> large; rm big', ['--capture-file', '100000'])
    const line = readLog(capture).find(({ path }) => path === inside('large'))
    // Where the file system shares blocks nothing is too large.
    if (line?.was === 'file' && line.image === undefined) {
      expect(line.lost).toBe('larger than 0 MB')
      expect(run.status).toContainEqual({ capture: true, lost: 1, missed: 0 })
    }
    restore(
      capture,
      readLog(capture).filter(({ path }) => path === inside('big')),
    )
    expect(snapshot(workspace)['/big']).toBe(before['/big'] ?? '')
  })

  test('follows what is too large to be kept to its new name', async () => {
    const before = snapshot(workspace)
    await sh('full', 'mv big huge; mv huge d/huge', ['--capture-file', '1000'])
    restore(capture)
    expect(snapshot(workspace)).toEqual(before)
  })

  test('keeps no more than is allowed for one command', async () => {
    const run = await sh('full', 'for f in a b c d/one; do echo x >> $f; done', [
      '--capture-bytes',
      '20',
    ])
    expect(run.exitCode).toBe(0)
    const kept = readLog(capture).filter((line) => line.was === 'file' && line.image !== undefined)
    expect(kept.length).toBeLessThan(5)
  })

  test('leaves out what is said to be left out, the private temp and git', async () => {
    mkdirSync(inside('cache'))
    mkdirSync(inside('.git'))
    await sh('full', 'echo x > cache/x; echo x > .git/x; echo x > /tmp/x; echo x > .gitignore', [
      '--uncaptured',
      inside('cache'),
    ])
    expect(paths()).toEqual(['.gitignore'])
  })

  test('is true as far as it goes when the helper is killed in the middle', async () => {
    const before = snapshot(workspace)
    const flags = [...place.usual, '--mode', 'full', '--capture', capture]
    const script =
      'for i in $(seq 100000); do echo $i > n$i; echo $i >> a; rm -f b; echo ready; done'
    const child = Bun.spawn(
      ['path' in helper ? helper.path : '', ...flags, '--', 'sh', '-c', script],
      {
        stdout: 'pipe',
        stderr: 'ignore',
      },
    )
    const reader = child.stdout.getReader()
    for (let seen = 0; seen < 300; ) seen += (await reader.read()).value?.length ?? 300
    child.kill('SIGKILL')
    await child.exited
    await reader.cancel()
    restore(capture)
    expect(snapshot(workspace)).toEqual(before)
  })

  test('takes a log away and both parts lead back, the later one first', async () => {
    Bun.spawnSync(['mkfifo', join(place.root, 'tmp/gate'), join(place.root, 'tmp/ready')])
    const before = snapshot(workspace)
    const running = sh(
      'full',
      'echo one >> a; mv b b2; echo > /tmp/ready; cat /tmp/gate; echo two >> a; rm b2; echo x > c',
    )
    readFileSync(join(place.root, 'tmp/ready'))
    const between = snapshot(workspace)
    renameSync(join(capture, 'log'), join(capture, 'log.1'))
    writeFileSync(join(place.root, 'tmp/gate'), '')
    await running
    restore(capture)
    expect(snapshot(workspace)).toEqual(between)
    restore(capture, readLog(capture, 'log.1'))
    expect(snapshot(workspace)).toEqual(before)
    for (const name of ['gate', 'ready']) rmSync(join(place.root, 'tmp', name))
  })

  test('that cannot be kept does not hold the command up', async () => {
    copyFileSync(inside('a'), join(capture, 'log'))
    const run = await sh('full', 'echo x > a && echo done')
    expect(run.stdout).toBe('done\n')
    expect(run.status).toContainEqual({ capture: false, lost: 0, missed: 0, why: 'File exists' })
  })

  test('within a captured command is refused, and the inner command runs', async () => {
    const inner = 'path' in helper ? helper.path : ''
    const run = await sh(
      'full',
      `"${inner}" --mode weak --write "$W" --cwd "$W" --capture "$W/empty" --status 3 -- sh -c 'echo x > a && echo done' 3>&2`,
      ['--visible', inner],
    )
    expect(run.stdout).toBe('done\n')
    expect(run.stderr).toContain('"capture":false')
    expect(paths()).toContain('a')
  })
})
