/** Captures under commands that mean no good, and disks that are full: nothing of the outside gets in, nothing hangs. */
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../../../../src/base/remove-tree.ts'
import { builtHelper, makePlace, whyNotMode } from '../helper-run.ts'
import { readLog, restore, snapshot } from './capture-tree.ts'

const helper = builtHelper()
const program = 'path' in helper ? helper.path : ''
const place = makePlace(program)
const { workspace } = place
const capture = join(place.root, 'capture')
const secret = join(place.root, 'secret')
afterAll(() => place.clean())

beforeEach(() => {
  for (const path of [workspace, capture, secret]) {
    removeTree(path)
    mkdirSync(path)
  }
})

const hasPython = Bun.which('python3') !== null
const run = (mode: string, script: string, flags: string[] = []) =>
  place.sh(['--mode', mode, '--capture', capture, '--unreadable', secret, ...flags], script)

/** Threads that open a path for writing while another swaps what it leads through. */
const race = `python3 - <<'END'
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
end = time.monotonic() + 1.5
def swap():
    while time.monotonic() < end: libc.renameat2(-100, b"door", -100, b"way", 2)
def write():
    while time.monotonic() < end:
        for path in ("door/key", "way/key", "door/../door/key"):
            for flags in (os.O_WRONLY, os.O_RDONLY | os.O_TRUNC):
                try: os.close(os.open(path, flags))
                except OSError: pass
            try: os.rename(path, "key"); os.rename("key", path)
            except OSError: pass
threads = [threading.Thread(target=work) for work in (swap, write, write)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
END`

for (const mode of ['full', 'weak'])
  test.skipIf(!hasPython || whyNotMode(mode) !== undefined)(
    `in ${mode} mode no link that is swapped leads a copy outside`,
    async () => {
      writeFileSync(join(secret, 'key'), 'the secret of somebody else')
      mkdirSync(join(workspace, 'door'))
      writeFileSync(join(workspace, 'door/key'), 'harmless')
      symlinkSync(secret, join(workspace, 'way'))
      await run(mode, race)
      const kept = readdirSync(capture).map((name) => readFileSync(join(capture, name), 'utf8'))
      expect(kept.length).toBeGreaterThan(1)
      expect(kept.join('\n')).not.toContain('the secret of somebody else')
      expect(readLog(capture).filter(({ path }) => !path?.startsWith(workspace))).toEqual([])
      expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('the secret of somebody else')
    },
  )

describe.skipIf(whyNotMode('full') !== undefined)('A command', () => {
  test('that forks and is killed all the time ends, and so does the helper', async () => {
    const before = snapshot(workspace)
    const result = await run(
      'full',
      'for i in $(seq 150); do (while :; do echo $i >> f$i; mv f$i g$i; rm -f g$i; done) & p=$!; kill -9 $p; done; wait; echo done',
    )
    expect(result.stdout).toContain('done')
    restore(capture)
    expect(snapshot(workspace)).toEqual(before)
  })

  test.skipIf(!hasPython)(
    'that is interrupted by signals all the while finds no call interrupted',
    async () => {
      const script = `python3 - <<'END'
import os, signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for number in range(3000): os.close(os.open(f"f{number % 50}", os.O_WRONLY | os.O_CREAT))
print("done")
END`
      expect((await run('full', script)).stdout).toBe('done\n')
    },
  )

  test.skipIf(!hasPython)('that gives wrong addresses gets the errors it would get', async () => {
    const script = `python3 - <<'END'
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def error(*args):
    return ctypes.get_errno() if libc.open(*args) < 0 else 0
print(error(None, 1), error(ctypes.c_void_p(1), 1), error(b"x" * 5000, 1), error(b"", 1), error(b"none/x", 65))
libc.rename(None, b"x"); libc.unlinkat(12345, b"x", 0); libc.fchmod(-1, 0); libc.bind(3, None, 5)
print("done")
END`
    expect((await run('full', script)).stdout).toBe('14 14 36 2 2\ndone\n')
  })

  test('by which everything is done in the root of the workspace leaves no trace of that', async () => {
    await run('full', 'chmod 755 .; touch .; rmdir .; rm -rf ./ 2>/dev/null; true')
    expect(readLog(capture).map(({ path }) => path)).toEqual([])
  })
})

const canMount =
  Bun.spawnSync(['unshare', '-rm', 'mount', '-t', 'tmpfs', 'x', '/tmp']).exitCode === 0

test.if(canMount && whyNotMode('full') === undefined)(
  'A full disk costs images and lines, and the command goes on',
  () => {
    for (let at = 0; at < 60; at++) writeFileSync(join(workspace, `f${at}`), `${at}\n`.repeat(2000))
    const script =
      'mount -t tmpfs -o size=64k x "$C" && "$H" --mode full --status 3 --write "$W" --cwd "$W" --capture "$C" -- sh -c "for f in f*; do echo x >> \\$f; rm -f \\$f; done; echo done" 3>&2; cp "$C"/* "$T"'
    const copies = join(place.root, 'copies')
    mkdirSync(copies)
    const result = Bun.spawnSync(['unshare', '-rm', 'sh', '-c', script], {
      env: { ...process.env, H: program, W: workspace, C: capture, T: copies },
    })
    expect(`${result.stdout}`).toBe('done\n')
    const { lost = 0, missed = 0 } = JSON.parse(
      /\{"capture.*\}/.exec(`${result.stderr}`)?.[0] ?? '{}',
    )
    expect(lost + missed).toBeGreaterThan(0)
    const lines = readLog(copies)
    const kept = lines.filter((line) => line.was === 'file' && line.image !== undefined)
    expect(lines.length - kept.length).toBe(lost)
    expect(kept.length).toBeGreaterThan(0)
    restore(copies, kept)
    for (const { path = '' } of kept) {
      const name = Number(path.slice(path.lastIndexOf('/f') + 2))
      expect(readFileSync(path, 'utf8')).toBe(`${name}\n`.repeat(2000))
    }
  },
)
