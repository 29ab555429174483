/** What a command sees of the file system and may change, for workspaces of every kind. Full mode. */
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { builtHelper, makePlace, type Place, whyNotMode } from './helper-run.ts'

const helper = builtHelper()
const missing = whyNotMode('full')
const path = 'path' in helper ? helper.path : ''
const full = ['--mode', 'full']

let place: Place
beforeEach(() => {
  place = makePlace(path)
})
afterEach(() => place.clean())

const at = (...names: string[]) => join(place.root, ...names)
const inside = (...names: string[]) => join(place.workspace, ...names)

describe.skipIf(missing !== undefined)('A workspace', () => {
  test('is writable, its surroundings are not, and /tmp is another', async () => {
    const run = await place.sh(
      full,
      `echo x > a && mkdir d && mv a d/ && ln d/a d/b && ls d; touch /tmp/private; ls /tmp /var/tmp`,
    )
    expect(run.stdout).toContain('a\nb\n')
    expect(readdirSync(at('tmp'))).toContain('private')
    expect(readFileSync(inside('d/b'), 'utf8')).toBe('x\n')
  })

  test('with a name that is not text in any encoding works', async () => {
    const script = `mkdir "$1/$(printf 'n\\303\\n\\377x')" && cd "$1"/n* && exec "$2" --mode full --status 3 --write "$PWD" --cwd "$PWD" -- sh -c 'echo x > file; pwd | od -c | head -2' 3>&2`
    const run = Bun.spawnSync(['sh', '-c', script, '-', place.root, path])
    expect(`${run.stderr}`).toContain('{"exit":0}')
    const [name = ''] = readdirSync(place.root).filter((entry) => entry.startsWith('n'))
    expect(name).not.toBe('')
  })

  test('that was reached by a link is meant, not the link', async () => {
    symlinkSync(place.workspace, at('link'))
    const run = await place.run(
      [...full, '--write', at('link'), '--cwd', at('link'), '--protect', join(at('link'), '.codi')],
      ['sh', '-c', 'pwd -P; touch a; mkdir .codi/x; touch .codi/y'],
    )
    expect(run.stdout).toBe(`${place.workspace}\n`)
    expect(readdirSync(place.workspace)).toEqual(['a'])
  })

  test('in a workspace changes nothing, and one in a protected place is open', async () => {
    mkdirSync(inside('.codi/worktrees/one'), { recursive: true })
    mkdirSync(inside('packages/a'), { recursive: true })
    const run = await place.sh(
      [
        ...full,
        '--write',
        inside('packages/a'),
        '--write',
        inside('.codi/worktrees/one'),
        '--protect',
        inside('.codi'),
      ],
      'mv packages/a packages/b && touch .codi/worktrees/one/ok; touch .codi/no',
    )
    expect(run.stderr).toContain('Read-only file system')
    expect(readdirSync(inside('.codi/worktrees/one'))).toEqual(['ok'])
    expect(readdirSync(inside('.codi'))).toEqual(['worktrees'])
    expect(readdirSync(inside('packages'))).toEqual(['b'])
  })

  test('may be a single file', async () => {
    writeFileSync(at('one'), '')
    writeFileSync(at('two'), '')
    const run = await place.run(
      [...full, '--write', at('one'), '--visible', place.root, '--cwd', '/'],
      ['sh', '-c', 'echo x > "$0/one"; echo x > "$0/two"', place.root],
    )
    expect(run.exitCode).not.toBe(0)
    expect(readFileSync(at('one'), 'utf8')).toBe('x\n')
    expect(readFileSync(at('two'), 'utf8')).toBe('')
  })

  test('may be /tmp itself, or the whole machine, where what is protected still is', async () => {
    const root = await place.run(
      [
        ...full,
        '--write',
        '/',
        '--cwd',
        place.workspace,
        '--tmp',
        at('tmp'),
        '--protect',
        inside('.git'),
        '--unreadable',
        at('key'),
      ],
      [
        'sh',
        '-c',
        'echo x > file; mkdir .git/x; echo x > /proc/sys/kernel/core_pattern; ls /dev/vda /dev/sda; touch /sys/x',
      ],
    )
    expect(root.status.at(-1)).toHaveProperty('exit')
    expect(readdirSync(place.workspace)).toEqual(['file'])
    expect(root.stderr.match(/Read-only|Permission denied|No such file/g)?.length).toBe(5)
  })

  test('that is read-only changes nothing but the private temp', async () => {
    const run = await place.sh([...full, '--read-only'], 'touch a; touch /tmp/b; pwd')
    expect(run.stdout).toBe(`${place.workspace}\n`)
    expect(readdirSync(place.workspace)).toEqual([])
    expect(readdirSync(at('tmp'))).toContain('b')
  })

  test('without a private temp gets an empty one in memory', async () => {
    const run = await place.run(
      [...full, '--cwd', '/'],
      ['sh', '-c', 'echo x > /tmp/a; cat /tmp/a; ls -A /var/tmp'],
    )
    expect(run.stdout).toBe('x\n')
  })

  test('has devices, shared memory, terminals and processes of its own', async () => {
    const run = await place.sh(
      full,
      'ls /dev | xargs; ps ax | wc -l; echo > /dev/null; touch /dev/shm/x; test -e /dev/pts/ptmx',
    )
    expect(run.exitCode).toBe(0)
    expect(run.stdout.split('\n')[0]).toBe(
      'fd full null ptmx pts random shm stderr stdin stdout tty urandom zero',
    )
  })

  const isRoot = process.getuid?.() === 0

  test.if(isRoot)('of another user is writable for root, and nobody else’s files are', async () => {
    writeFileSync(inside('theirs'), 'a\n')
    writeFileSync(at('others'), 'of a third user')
    mkdirSync(at('secret'))
    writeFileSync(at('secret/key'), 'a planted secret')
    chmodSync(at('others'), 0o600)
    for (const path of [place.workspace, inside('theirs')]) chownSync(path, 12_345, 12_345)
    chownSync(at('others'), 23_456, 23_456)
    const run = await place.sh(
      [...full, '--visible', place.root, '--unreadable', at('secret')],
      `echo b >> theirs && touch new && chown 12345:12345 new && cat theirs; cat "${at('others')}" "${at('secret/key')}";` +
        `echo x > "${at('new')}"; touch "${at('others')}"; grep CapBnd /proc/self/status`,
    )
    expect(run.stdout).toBe('a\nb\nCapBnd:\t000000000000001b\n')
    expect(existsSync(at('new'))).toBe(false)
    expect(statSync(inside('new')).uid).toBe(12_345)
  })

  const canMount =
    Bun.spawnSync(['unshare', '-rm', 'mount', '-t', 'tmpfs', 'x', '/tmp']).exitCode === 0

  // A plain user's mount says who owns it, and may not be told so again.
  const readOnly = 'mount --options-mode ignore -o remount,ro'

  test.if(canMount)(
    'with mounts in it is writable in them, unless they were read-only before',
    () => {
      mkdirSync(inside('memory'))
      mkdirSync(inside('fixed'))
      const script =
        `mount -t tmpfs x "$W/memory" && mount -t tmpfs x "$W/fixed" && ${readOnly} "$W/fixed" &&` +
        'exec "$H" --mode full --status 3 --write "$W" --cwd "$W" --protect "$W/memory/.git" -- sh -c "touch memory/a fixed/b; mkdir memory/.git/c; ls memory fixed" 3>&2'
      const run = Bun.spawnSync(['unshare', '-rm', 'sh', '-c', script], {
        env: { ...process.env, H: path, W: place.workspace },
      })
      expect(`${run.stdout}`).toBe('fixed:\n\nmemory:\na\n')
      expect(`${run.stderr}`).toContain("touch: cannot touch 'fixed/b': Read-only file system")
    },
  )

  test.if(canMount)(
    'hides a secret and a socket at every place where they are mounted',
    async () => {
      mkdirSync(at('real dir/secret'), { recursive: true })
      mkdirSync(at('alias'))
      writeFileSync(at('real dir/secret/key'), 'a planted secret')
      using server = Bun.listen({ unix: at('real dir/sock'), socket: { data() {} } })
      const script =
        'mount --bind "$R/real dir" "$R/alias" && exec "$H" --mode full --write "$W" --cwd "$W" --visible "$R" ' +
        '--unreadable "$R/real dir/secret" -- sh -c "cat \\"$R\\"/*/secret/key; ls -ld \\"$R\\"/*/sock"'
      const run = Bun.spawnSync(['unshare', '-rm', 'sh', '-c', script], {
        env: { ...process.env, H: path, W: place.workspace, R: place.root },
      })
      expect(server.unix).toContain('sock')
      expect(`${run.stdout}`).not.toContain('a planted secret')
      expect(`${run.stdout}`.match(/^-/gm)?.length).toBe(2)
    },
  )

  test.if(canMount)('on a file system in memory, and one that is read-only, is what it is', () => {
    const script =
      'mount -t tmpfs x "$W" && mkdir "$W/ws" && "$H" --mode full --write "$W/ws" --cwd "$W/ws" --protect "$W/ws/.codi" -- sh -c "echo x > a; mkdir .codi/b" ; ls -A "$W/ws";' +
      `${readOnly} "$W" && "$H" --mode full --write "$W/ws" --cwd "$W/ws" --protect "$W/ws/.codi" -- sh -c "cat a; touch b"`
    const run = Bun.spawnSync(['unshare', '-rm', 'sh', '-c', script], {
      env: { ...process.env, H: path, W: place.workspace },
    })
    expect(`${run.stdout}`).toBe('a\nx\n')
    expect(`${run.stderr}`.match(/Read-only file system/g)?.length).toBe(2)
  })
})

describe.skipIf(missing !== undefined)('A protected name that does not exist', () => {
  const names = ['.git', '.codi', '.codi.json', 'a/b/c']
  const flags = () => [...full, ...names.flatMap((name) => ['--protect', inside(name)])]

  test('cannot be made, and nothing of it is left afterwards', async () => {
    const run = await place.sh(
      flags(),
      'for n in .git .codi .codi.json; do mkdir $n; echo x > $n; echo x > $n/x; rmdir $n; mv $n y; done; mkdir -p a/b/c && touch a/x; ls -A | xargs',
    )
    expect(run.stdout).toBe('.codi .codi.json .git a\n')
    expect(readdirSync(place.workspace)).toEqual([])
  })

  test('is kept for all commands that run at the same time', async () => {
    const first = place.sh(
      flags(),
      'echo > started; while ! test -e go; do sleep 0.01; done; echo x > .codi.json; mkdir .codi/x; ls -A .codi | wc -l',
    )
    while (!existsSync(inside('started'))) await Bun.sleep(2)
    const others = await Promise.all(
      Array.from({ length: 8 }, () => place.sh(flags(), 'mkdir .codi/y')),
    )
    for (const other of others) expect(other.stderr).toContain('Read-only file system')
    expect(readdirSync(inside('.codi'))).toEqual([])
    writeFileSync(inside('go'), '')
    expect((await first).stdout).toBe('0\n')
    expect(readdirSync(place.workspace).sort()).toEqual(['go', 'started'])
  })

  test('is kept, too, for one that starts in the very moment in which another makes it', async () => {
    const plant = 'sleep 0.02; rmdir .codi.json 2>/dev/null; echo x > .codi.json && echo planted'
    for (let round = 0; round < 10; round++) {
      const runs = [plant, 'true', plant, 'true', plant, 'true'].map((sh) => place.sh(flags(), sh))
      const said = await Promise.all(runs)
      expect(said.map(({ stdout }) => stdout).join('')).toBe('')
      expect(readdirSync(place.workspace)).toEqual([])
    }
  })

  test('that a killed helper left is taken over and removed', async () => {
    const child = Bun.spawn(
      [path, ...place.usual, ...flags(), '--', 'sh', '-c', 'echo ready; sleep 100'],
      { stdout: 'pipe' },
    )
    await child.stdout.getReader().read()
    child.kill('SIGKILL')
    await child.exited
    expect(readdirSync(place.workspace)).toContain('.codi.json')
    await place.sh(flags(), 'true')
    expect(readdirSync(place.workspace)).toEqual([])
  })

  test('is kept when the person makes it meanwhile', async () => {
    const run = place.sh(
      flags(),
      'echo > started; while ! test -e go; do sleep 0.01; done; cat .codi/config.json; echo x > .codi/config.json',
    )
    while (!existsSync(inside('started'))) await Bun.sleep(2)
    writeFileSync(inside('.codi/config.json'), '{}\n')
    writeFileSync(inside('go'), '')
    expect((await run).stdout).toBe('{}\n')
    expect(readFileSync(inside('.codi/config.json'), 'utf8')).toBe('{}\n')
  })

  test('where nobody could make it, is no obstacle', async () => {
    if (process.getuid?.() === 0) return
    chmodSync(place.workspace, 0o555)
    expect((await place.sh(flags(), 'echo ok')).stdout).toBe('ok\n')
    chmodSync(place.workspace, 0o755)
  })

  test('an empty directory of somebody’s own stays', async () => {
    mkdirSync(inside('.codi'))
    utimesSync(inside('.codi'), 5, 5)
    await place.sh(flags(), 'mkdir .codi/x')
    expect(readdirSync(place.workspace)).toEqual(['.codi'])
  })
})

describe.skipIf(missing !== undefined)('A hidden place', () => {
  test('that holds the workspace lets it through, and nothing else', async () => {
    writeFileSync(at('key'), 'secret')
    const run = await place.sh(
      [...full, '--visible', place.root, '--unreadable', place.root],
      'echo x > a; cat ../key; ls ..; pwd',
    )
    expect(run.stdout).toBe(`${place.workspace}\n`)
    expect(readdirSync(place.workspace)).toEqual(['a'])
    expect(run.stderr).toContain('No such file')
  })

  test('below another one is hidden with it', async () => {
    mkdirSync(inside('a/b'), { recursive: true })
    const run = await place.sh(
      [...full, '--unreadable', inside('a'), '--unreadable', inside('a/b')],
      'ls a; ls a/b; cat a',
    )
    expect(run.stdout).toBe('')
    expect(run.exitCode).toBe(1)
  })

  test('that is missing costs nothing, one that is a link hides its target', async () => {
    writeFileSync(inside('key'), 'secret')
    symlinkSync(inside('key'), at('link'))
    const run = await place.sh(
      [...full, '--unreadable', at('link'), '--unreadable', at('none')],
      'cat key; rm -f key; mv key k',
    )
    expect(run.stdout).toBe('')
    expect(readFileSync(inside('key'), 'utf8')).toBe('secret')
    rmSync(at('link'))
  })

  test('by the thousand is hidden by the thousand', async () => {
    const many = Array.from({ length: 400 }, (_, i) => inside(`key${i}`))
    for (const file of many) writeFileSync(file, 'secret')
    const run = await place.sh(
      [...full, ...many.flatMap((file) => ['--unreadable', file])],
      'cat key*',
    )
    expect(run.stdout).toBe('')
  })
})
