/** A command on a copy: what is told of it, applied, thrown away and refused, by the real worker on real overlays. */
import { describe, expect, test } from 'bun:test'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { mountBelow } from '../../../../workers/sandbox/tries/copyable.ts'
import { makeSecret } from '../../../support/secret-samples.ts'
import { noOverlay, openTryBench, treeOf } from './bench.ts'

const skips = noOverlay !== undefined
if (skips) console.log(`tries: skipped, no overlays here: ${noOverlay}`)
const maxDiffChars = 1_000_000

describe.skipIf(skips)('a tried command', () => {
  test('leaves every byte, mode and time as it was, and sees what it did', async () => {
    await using bench = openTryBench({ a: 'old\n', 'd/b': 'b', 'd/c': 'c' })
    const before = treeOf(bench.root, { times: true })
    const { tried, output, exitCode } = await bench.run(
      'echo new > a; rm -r d; mkdir d; echo x > d/x; mv a a2; cat a2; chmod 700 d/x; exit 4',
    )
    expect({ tried, output, exitCode }).toEqual({ tried: 'try_1', output: 'new\n', exitCode: 4 })
    expect(treeOf(bench.root, { times: true })).toEqual(before)
    await bench.service.discardTry({ id: 'try_1' })
    expect(treeOf(bench.root, { times: true })).toEqual(before)
    expect(keptIn(bench.places)).toEqual([])
  })

  test('is told as a list: created, changed, deleted, renamed, modes, links, binary files', async () => {
    await using bench = openTryBench({
      changed: 'one\ntwo\n',
      gone: 'nothing is like this\n',
      moved: 'a longer text that is the same\n',
      mode: '#!/bin/sh\n',
      touched: 'same',
    })
    writeFileSync(join(bench.root, 'picture'), Buffer.from([0, 1, 2]))
    const id = await bench.tried(
      'echo three >> changed; rm gone; mv moved dir-less; chmod 755 mode; touch touched; printf x >> picture; ln -s changed link; mkdir -p empty/inner; echo n > made',
    )
    const { changes, diff, paths, conflicts } = await bench.service.tryReport({ id, maxDiffChars })
    const row = { binary: false, added: 0, removed: 0 }
    expect(changes).toEqual([
      { ...row, path: 'changed', kind: 'changed', added: 1 },
      { ...row, path: 'dir-less', kind: 'renamed', from: 'moved' },
      { ...row, path: 'empty/inner/', kind: 'created', note: 'empty directory' },
      { ...row, path: 'gone', kind: 'deleted', removed: 1 },
      { ...row, path: 'link', kind: 'created', added: 1 },
      { ...row, path: 'made', kind: 'created', added: 1 },
      { ...row, path: 'mode', kind: 'mode', mode: { before: '644', after: '755' } },
      { ...row, path: 'picture', kind: 'changed', binary: true },
    ])
    expect(conflicts).toEqual([])
    expect(diff).toContain('rename from moved\nrename to dir-less\n')
    expect(diff).toContain('@@ -1,2 +1,3 @@\n one\n two\n+three\n')
    expect(paths).toContain(join(bench.root, 'moved'))
  })

  test('whose diff goes through git apply gives the same files', async () => {
    await using bench = openTryBench({ a: 'one\ntwo\n', 'x y': 'space\n', gone: 'g\n' })
    writeFileSync(join(bench.root, 'bin'), Buffer.from([0, 255, 1]))
    const copy = join(bench.root, '..', 'copy')
    Bun.spawnSync(['cp', '-a', bench.root, copy])
    const id = await bench.tried(
      'echo three >> a; mv "x y" "z y"; rm gone; printf new >> bin; chmod +x a; ln -s a l',
    )
    const { diff } = await bench.service.tryReport({ id, maxDiffChars })
    const git = Bun.spawnSync(['git', 'apply', '-'], { cwd: copy, stdin: Buffer.from(diff) })
    expect({ status: git.exitCode, error: git.stderr.toString() }).toEqual({ status: 0, error: '' })
    await bench.service.applyTry({ id })
    const applied = treeOf(bench.root)
    expect(treeOf(copy)).toEqual(applied)
  })

  test('that changes nothing leaves nothing behind', async () => {
    await using bench = openTryBench({ a: 'a', b: 'b' })
    const { tried, exitCode } = await bench.run(
      'touch a; echo t > n; rm n; cat b >> /dev/null; : >> b',
    )
    expect({ tried, exitCode }).toEqual({ tried: undefined, exitCode: 0 })
    expect(keptIn(bench.places)).toEqual([])
  })

  test('that is interrupted leaves nothing behind', async () => {
    await using bench = openTryBench({ a: 'a' })
    const stop = new AbortController()
    const running = bench.service.run(
      {
        id: 'x',
        command: 'echo changed > a; mkdir ready; sleep 60',
        cwd: bench.root,
        timeoutMs: 60_000,
        maxOutputBytes: 100,
        access: { tried: true },
      },
      stop.signal,
    )
    while (!changedSomewhere(bench.places)) await Bun.sleep(5)
    stop.abort()
    expect((await running).cancelled).toBeTrue()
    expect([bench.text('a'), keptIn(bench.places)]).toEqual(['a', []])
  })

  test('has .git and what else is protected read-only, and never applies it', async () => {
    await using bench = openTryBench({ a: 'a', '.git/HEAD': 'ref' })
    const { output, tried } = await bench.run(
      'echo x > .git/hook; echo y > .codi/z; mkdir -p sub; echo 1 > sub/a',
    )
    expect(output.match(/Read-only file system/g)?.length).toBe(2)
    await bench.service.applyTry({ id: tried ?? '' })
    expect([bench.exists('.git/hook'), bench.exists('.codi'), bench.text('sub/a')]).toEqual([
      false,
      false,
      '1\n',
    ])
  })

  test('plants no .git in an empty directory', async () => {
    await using bench = openTryBench()
    const id = await bench.tried('mkdir .git; echo evil > .git/config; echo a > a')
    const { notes } = await bench.service.tryReport({ id, maxDiffChars })
    expect(notes).toEqual(['.git is protected and stays as it is'])
    await bench.service.applyTry({ id })
    expect(readdirSync(bench.root)).toEqual(['a'])
  })

  test('is not run at all with more rights than a copy has, nor in the background', async () => {
    await using bench = openTryBench({ a: 'a' })
    const request = {
      id: 'x',
      command: 'echo b > a',
      cwd: bench.root,
      timeoutMs: 9000,
      maxOutputBytes: 100,
    }
    for (const access of [
      { tried: true as const, unsandboxed: true as const },
      { tried: true as const, gitWrite: true as const },
      { tried: true as const, writePath: '/srv' },
    ])
      expect(await refusal(bench.service.run({ ...request, access }))).toMatch(/cannot be tried/)
    const result = await bench.service.run({
      ...request,
      command: 'sleep 0.2; echo b > a',
      access: { tried: true },
      background: { afterMs: 1 },
    })
    expect([result.shell, result.tried, bench.text('a')]).toEqual([undefined, 'try_1', 'a'])
  })
})

describe.skipIf(skips)('directories that cannot be copied', () => {
  test('are named, and nothing is run', async () => {
    await using outer = openTryBench({ '.codi/x/a': 'a' })
    const inner = join(outer.root, '.codi', 'x')
    for (const [writable, words] of [
      [[outer.root, inner], /\.codi\/x lies in .*\.codi, which is protected/],
      [['/'], /\/ holds \/tmp, which cannot be copied/],
      [[], /nothing is writable/],
    ] as const) {
      await using bench = openTryBench({}, { writable: [...writable], protected: [dirname(inner)] })
      expect(await refusal(bench.run(`touch ${inner}/made`))).toMatch(words)
    }
    expect(readdirSync(inner)).toEqual(['a'])
  })
})

test('a mount below a workspace is found in what the system lists', () => {
  const line = (place: string) => `36 35 98:0 / ${place} rw,noatime shared:1 - ext4 /dev/x rw`
  const mounts = [line('/'), line('/srv/a'), line('/srv/a\\040b/m n')].join('\n')
  expect(mountBelow(['/srv/a'], mounts)).toBeUndefined()
  expect(mountBelow(['/srv/a b'], mounts)).toBe('/srv/a b has another mount below it (/srv/a b/m)')
  expect(mountBelow(['/srv'], mounts)).toBe('/srv has another mount below it (/srv/a)')
})

describe.skipIf(skips)('applied', () => {
  test('it is as if the command had run, times of its files included', async () => {
    await using bench = openTryBench({ a: 'old', 'd/e/f': 'f', keep: 'k' })
    chmodSync(join(bench.root, 'a'), 0o600)
    const id = await bench.tried(
      'echo new > a; touch -d 2001-02-03 a; rm -r d; mkdir -m 750 n; echo 1 > n/1; chmod 500 n/1; ln -s ../a n/l',
    )
    const { paths, isLeft } = await bench.service.applyTry({ id })
    expect(isLeft).toBeFalse()
    expect(treeOf(bench.root)).toEqual({
      '/a': 'file 600 new\n',
      '/keep': 'file 644 k',
      '/n': 'directory 750',
      '/n/1': 'file 500 1\n',
      '/n/l': 'link ../a',
    })
    expect(statSync(join(bench.root, 'a')).mtime.getUTCFullYear()).toBe(2001)
    expect(paths.toSorted()).toEqual(
      ['a', 'd', 'd/e', 'd/e/f', 'n', 'n/1', 'n/l'].map((path) => join(bench.root, path)),
    )
    expect(keptIn(bench.places)).toEqual([])
    // Nothing of the overlay's own marks came along.
    const marks = Bun.spawnSync(['find', bench.root, '-name', '*.codi*']).stdout.toString()
    expect(marks).toBe('')
  })

  test('in parts it takes what was named, both ends of a renamed file, and keeps the rest', async () => {
    await using bench = openTryBench({
      a: 'a',
      b: 'b',
      'm/old': 'the same text\n',
      'd/x': 'x',
      'd/y': 'y',
    })
    const id = await bench.tried(
      'echo 2 > a; echo 2 > b; mv m/old m/new; rm -r d; mkdir d; echo z > d/z; mkdir -p n/deep; echo 1 > n/deep/1; echo 2 > n/deep/2',
    )
    const at = (path: string) => join(bench.root, path)
    const first = await bench.service.applyTry({
      id,
      paths: [at('m/new'), at('n/deep/1'), at('d/x')],
    })
    expect(first.isLeft).toBeTrue()
    expect(treeOf(bench.root)).toEqual({
      '/a': 'file 644 a',
      '/b': 'file 644 b',
      '/d': 'directory 755',
      '/d/y': 'file 644 y',
      '/m': 'directory 755',
      '/m/new': 'file 644 the same text\n',
      '/n': 'directory 755',
      '/n/deep': 'directory 755',
      '/n/deep/1': 'file 644 1\n',
    })
    const rest = await bench.service.tryReport({ id, maxDiffChars })
    expect(rest.changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      'changed a',
      'changed b',
      'deleted d/y',
      'created d/z',
      'created n/deep/2',
    ])
    await bench.service.applyTry({ id })
    expect(Object.keys(treeOf(bench.root)).toSorted()).toEqual([
      ...['/a', '/b', '/d', '/d/z', '/m', '/m/new', '/n', '/n/deep', '/n/deep/1', '/n/deep/2'],
    ])
  })

  test('modes that a diff does not tell of are told', async () => {
    await using bench = openTryBench({ a: 'a' })
    const id = await bench.tried(
      'umask 022; touch set wide usual own; chmod 4755 set; chmod 666 wide; chmod 600 own; mkdir -m 777 d; touch d/x; mkdir -p e; chmod 755 e; touch e/x; mkdir -m 700 empty',
    )
    const { changes } = await bench.service.tryReport({ id, maxDiffChars })
    expect(changes.map(({ path, note }) => [path, note])).toEqual([
      ['d/', 'directory, mode 777'],
      ['d/x', undefined],
      ['e/x', undefined],
      ['empty/', 'empty directory, mode 700'],
      ['own', 'mode 600'],
      ['set', 'mode 4755'],
      ['usual', undefined],
      ['wide', 'mode 666'],
    ])
  })

  test('in as many parts as there are changes, what was not named is kept', async () => {
    await using bench = openTryBench({ h: 'h', gone: 'g', f: 'f' })
    const id = await bench.tried(
      'mkdir n; echo 1 > n/1; echo 2 > n/2; rm gone f; mkdir f; echo a > f/a; echo b > f/b',
    )
    const at = (path: string) => join(bench.root, path)
    const { isLeft } = await bench.service.applyTry({
      id,
      paths: [at('n/1'), at('gone'), at('f/a'), at('f/b')],
    })
    expect(isLeft).toBeTrue()
    expect(treeOf(bench.root)).toEqual({
      ...{ '/f': 'directory 755', '/f/a': 'file 644 a\n', '/f/b': 'file 644 b\n' },
      ...{ '/h': 'file 644 h', '/n': 'directory 755', '/n/1': 'file 644 1\n' },
    })
    expect((await bench.service.applyTry({ id })).isLeft).toBeFalse()
    expect(bench.text('n/2')).toBe('2\n')
  })

  test('real programs leave what they leave without a copy', async () => {
    const script = [
      'mkdir -p node_modules/p{1..30}/lib node_modules/.bin; for i in {1..30}; do echo "exports.n = $i" > node_modules/p$i/lib/index.js; ln -s ../p$i/lib/index.js node_modules/.bin/p$i; done',
      'sed -i s/old/new/ src/*.txt',
      'tar cf packed.tar src; rm -rf src; tar xf packed.tar; rm packed.tar',
      'cd deep/er; git mv one two; git rm -q gone; cd ../..',
      'perl -pi -e s/x/y/ perl.txt; mv perl.txt moved.txt; cp -a moved.txt copied.txt; chmod 600 copied.txt',
      'rm -r node_modules/p7; mkdir node_modules/p7; echo again > node_modules/p7/new; ln -sfn src link',
    ].join('\n')
    const trees: Record<string, string>[] = []
    for (const isTried of [false, true]) {
      await using bench = openTryBench({
        'src/a.txt': 'old\n',
        'src/b.txt': 'old\n',
        'perl.txt': 'x\n',
        'deep/er/one': '1\n',
        'deep/er/gone': 'g\n',
      })
      const git = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-C', join(bench.root, 'deep/er')]
      for (const words of [
        ['init', '-q'],
        ['add', '.'],
        ['commit', '-qm', 'x'],
      ])
        Bun.spawnSync(['git', ...git, ...words])
      const result = await bench.run(script, isTried)
      expect(result).toMatchObject({ exitCode: 0, output: '' })
      if (isTried) await bench.service.applyTry({ id: result.tried ?? '' })
      const status = Bun.spawnSync(['git', ...git, 'status', '--porcelain']).stdout.toString()
      expect(status).toBe('D  gone\nR  one -> two\n')
      const tree = treeOf(bench.root)
      trees.push(
        Object.fromEntries(Object.entries(tree).filter(([path]) => !path.includes('/.git/'))),
      )
    }
    expect(trees[1]).toEqual(trees[0])
  })

  test('it takes a directory for a file and a file for a directory', async () => {
    await using bench = openTryBench({ 'd/x': 'x', f: 'f', l: 'l' })
    const id = await bench.tried(
      'rm -r d; echo now > d; rm f; mkdir f; echo y > f/y; rm l; ln -s d l',
    )
    await bench.service.applyTry({ id })
    expect(treeOf(bench.root)).toEqual({
      '/d': 'file 644 now\n',
      '/f': 'directory 755',
      '/f/y': 'file 644 y\n',
      '/l': 'link d',
    })
  })

  test('names of any bytes come through', async () => {
    await using bench = openTryBench({ 'a: b,c\\d': '1' })
    const odd = Buffer.concat([
      Buffer.from(`${bench.root}/`),
      Buffer.from([0xff, 0xfe, 0x0a, 0x20]),
    ])
    writeFileSync(odd, 'odd')
    const id = await bench.tried(
      `printf 2 >> 'a: b,c\\d'; for f in *; do case "$f" in a*) ;; *) printf x >> "$f"; cp "$f" "$f-2";; esac; done; printf n > $'new\\nline'; printf 3 > $'\\xfa'`,
    )
    const { notes } = await bench.service.tryReport({ id, maxDiffChars })
    await bench.service.applyTry({ id })
    expect(treeOf(bench.root)).toEqual({
      '/a: b,c\\d': 'file 644 12',
      '/\xff\xfe\n ': 'file 644 oddx',
      '/\xff\xfe\n -2': 'file 644 oddx',
      '/new\nline': 'file 644 n',
      '/\xfa': 'file 644 3',
    })
    expect(notes.join('\n')).toMatch(/is a name that is no UTF-8: codi undo cannot take it back/)
  })

  test('further names of a file keep the old content, which is told', async () => {
    await using bench = openTryBench({ one: 'old' })
    linkSync(join(bench.root, 'one'), join(bench.root, 'two'))
    const id = await bench.tried('echo new > one')
    const { notes } = await bench.service.tryReport({ id, maxDiffChars })
    expect(notes).toEqual(['one has further names (hard links), which keep the old content'])
    await bench.service.applyTry({ id })
    expect([bench.text('one'), bench.text('two')]).toEqual(['new\n', 'old'])
  })

  test('a pipe is left out, and told', async () => {
    await using bench = openTryBench({ a: 'a' })
    const id = await bench.tried('mkdir d; mkfifo d/pipe; echo x > d/x')
    const { notes } = await bench.service.tryReport({ id, maxDiffChars })
    expect(notes).toEqual(['d/pipe is a socket, a pipe or a device, and is not taken over'])
    await bench.service.applyTry({ id })
    expect(readdirSync(join(bench.root, 'd'))).toEqual(['x'])
  })

  test('two tries at once are two copies', async () => {
    await using bench = openTryBench({ a: 'a', b: 'b' })
    const [one, two] = await Promise.all([bench.tried('echo 1 > a'), bench.tried('echo 2 > b')])
    expect([one, two].toSorted()).toEqual(['try_1', 'try_2'])
    await bench.service.applyTry({ id: one })
    await bench.service.applyTry({ id: two })
    expect([bench.text('a'), bench.text('b')]).toEqual(['1\n', '2\n'])
  })

  test('the same change twice: the second stands in the way', async () => {
    await using bench = openTryBench({ a: 'a' })
    const one = await bench.tried('echo 1 > a')
    const two = await bench.tried('echo 2 > a')
    await bench.service.applyTry({ id: one })
    const { conflicts } = await bench.service.applyTry({ id: two })
    expect(conflicts).toEqual([
      { path: join(bench.root, 'a'), why: 'was changed since the command began' },
    ])
    expect(bench.text('a')).toBe('1\n')
  })
})

describe.skipIf(skips)('what a person changed meanwhile', () => {
  const rows: [string, string, (at: (path: string) => string) => void][] = [
    ['a file that was changed', 'a', (at) => writeFileSync(at('a'), 'mine')],
    ['one of the same size and time', 'a', sameSizeAndTime],
    ['one that was replaced', 'a', (at) => renameSync(at('other'), at('a'))],
    ['one that was deleted', 'a', (at) => rmSync(at('a'))],
    ['a new file in a directory that goes', 'd/mine', (at) => writeFileSync(at('d/mine'), 'mine')],
    ['a new file of the same name', 'made', (at) => writeFileSync(at('made'), 'mine')],
    ['a link of the same name', 'made', (at) => symlinkSync('/etc/passwd', at('made'))],
    ['a directory of the same name', 'made/x', madeDirectory],
  ]
  test.each(rows)('%s stands in the way, and nothing is applied', async (_, path, change) => {
    await using bench = openTryBench({ a: 'old', b: 'b', 'd/x': 'x', other: 'new' })
    const id = await bench.tried('echo 1 > a; echo 1 > b; rm -r d; echo 1 > made')
    const at = (name: string) => join(bench.root, name)
    change(at)
    const before = treeOf(bench.root, { times: true })
    const { conflicts, paths } = await bench.service.applyTry({ id })
    expect(conflicts.map((row) => row.path)).toEqual([at(path)])
    expect(paths).toEqual([])
    expect(treeOf(bench.root, { times: true })).toEqual(before)
    // The rest can be had alone.
    await bench.service.applyTry({ id, paths: [at('b')] })
    expect(bench.text('b')).toBe('1\n')
  })

  test('elsewhere stands in no way', async () => {
    await using bench = openTryBench({ a: 'a', 'd/x': 'x' })
    const id = await bench.tried('echo 1 > a; echo 2 > d/n')
    bench.put('d/mine', 'mine')
    writeFileSync(join(bench.root, 'd/x'), 'mine')
    expect((await bench.service.applyTry({ id })).conflicts).toEqual([])
    expect([bench.text('a'), bench.text('d/n'), bench.text('d/x')]).toEqual(['1\n', '2\n', 'mine'])
  })

  test('another directory in place of the workspace is not touched', async () => {
    await using bench = openTryBench({ a: 'a' })
    const id = await bench.tried('echo 1 > b')
    renameSync(bench.root, `${bench.root}-old`)
    mkdirSync(bench.root)
    expect(await refusal(bench.service.applyTry({ id }))).toMatch(/is another directory/)
    expect(readdirSync(bench.root)).toEqual([])
  })

  function sameSizeAndTime(at: (path: string) => string): void {
    const { atime, mtime } = lstatSync(at('a'))
    writeFileSync(at('a'), 'OLD')
    utimesSync(at('a'), atime, mtime)
  }

  function madeDirectory(at: (path: string) => string): void {
    mkdirSync(at('made'))
    writeFileSync(at('made/x'), 'mine')
  }
})

describe.skipIf(skips)('tries that are kept', () => {
  test('are listed, found by another codi, and locked by who uses them', async () => {
    await using bench = openTryBench({ a: 'a' })
    const id = await bench.tried('echo 1 > a')
    await bench.restart()
    const [row] = await bench.service.tries({})
    expect(row).toMatchObject({ id, command: 'echo 1 > a', exitCode: 0, inUse: false })
    expect(row?.bytes).toBeGreaterThan(0)
    expect(statSync(join(bench.places, id)).mode & 0o777).toBe(0o700)
    expect(await refusal(bench.service.tryReport({ id: 'try_9', maxDiffChars }))).toBe(
      'There is no try try_9 (kept: try_1)',
    )
    expect(await refusal(bench.service.discardTry({ id: '../work' }))).toMatch(/There is no try/)
  })

  test('that cannot be read any more are named, and go', async () => {
    await using bench = openTryBench({ a: 'a' })
    const id = await bench.tried('echo 1 > a')
    const other = await bench.tried('echo 2 > a')
    for (const one of [id, other]) writeFileSync(join(bench.places, one, 'try.json'), '{"id":')
    expect(await refusal(bench.service.applyTry({ id }))).toMatch(
      /cannot be read; codi try discard/,
    )
    await bench.service.discardTry({ id })
    const old = new Date(Date.now() - 2 * 3600_000)
    utimesSync(join(bench.places, other), old, old)
    expect(await bench.service.tries({})).toEqual([])
    expect(keptIn(bench.places)).toEqual([])
  })

  test('where others may write are nobody’s: what they say is neither told nor done', async () => {
    await using bench = openTryBench({ a: 'a' })
    const id = await bench.tried('echo 1 > a')
    chmodSync(bench.places, 0o777)
    await bench.restart()
    expect(await bench.service.tries({})).toEqual([])
    for (const call of [bench.service.applyTry({ id }), bench.service.discardTry({ id })])
      expect(await refusal(call)).toMatch(/There is no try/)
    expect(bench.text('a')).toBe('a')
    chmodSync(bench.places, 0o700)
    expect(await bench.service.tries({})).toHaveLength(1)
  })

  test('keep no secret of their command', async () => {
    await using bench = openTryBench({ a: 'a' })
    const token = makeSecret('ghp_{A36}')
    const id = await bench.tried(`echo ${token} > a`)
    const record = readFileSync(join(bench.places, id, 'try.json'), 'utf8')
    expect(record).not.toContain(token)
    expect(record).toContain('echo [masked: GitHub token] > a')
  })

  test('are dropped after 7 days, and that is told', async () => {
    await using bench = openTryBench({ a: 'a' })
    const id = await bench.tried('echo 1 > a')
    const path = join(bench.places, id, 'try.json')
    const record = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...record, startedAt: Date.now() - 8 * 24 * 3600_000 }))
    expect(await bench.service.tries({})).toEqual([])
    expect(bench.notices).toEqual([`${id} (echo 1 > a) was kept for 7 days and is dropped`])
  })
})

/** Whether the running command has made its directory in some upper layer. */
function changedSomewhere(places: string): boolean {
  try {
    return keptIn(places).some((id) => statSync(join(places, id, 'layer-0/up/ready')).isDirectory())
  } catch {
    return false
  }
}

/** Beside the number that was given last. */
function keptIn(places: string): string[] {
  return readdirSync(places).filter((name) => name !== 'last')
}

/** The message that a call fails with. */
function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'it was not refused',
    (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
  )
}
