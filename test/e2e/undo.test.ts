/** Undo, redo, diff and checkpoints as a person and a script use them, with the built executable. */
import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/base/json.ts'
import { treeOf } from '../journal/journal-bench.ts'
import { type Bench, call, openBench } from '../support/codi.ts'
import { keys } from '../support/pty.ts'

const edit = (path: string, from: string, to: string) =>
  call('edit_file', { path, old_string: from, new_string: to })
const shell = (command: string) => call('bash', { command })

describe('in the REPL', () => {
  test('/undo shows what it would do, asks, and takes back files and conversation', async () => {
    await using bench = openBench({ 'a.txt': 'one\n', 'b.txt': 'keep\n' })
    const before = treeOf(bench.root)
    const script = ['paint it blue', '/undo', 'yes', 'and now?', '/redo -y'].join('\n')
    const ran = await bench.run(['-i', '--mode', 'auto'], {
      stdin: `${script}\n`,
      mock: [
        call('read_file', { path: 'a.txt' }),
        edit('a.txt', 'one', 'two'),
        shell('rm b.txt; mkdir -p new/dir; echo x > new/dir/c; ln -s a.txt link'),
        { content: 'Changed.' },
        { content: 'Nothing was done.' },
      ],
    })
    expect(ran.stdout).toContain('Undo: paint it blue')
    expect(ran.stdout).toContain('D new/dir/c')
    expect(ran.stdout).toContain('A b.txt')
    expect(ran.stdout).toContain('the conversation goes back to before "paint it blue"')
    expect(treeOf(bench.root)).toEqual(before)
    const last = JSON.stringify(bench.requests().at(-1))
    expect(last).toContain('and now?')
    expect(last).not.toContain('paint it blue')
    // The prompt in between was a step of its own: then there is nothing to redo.
    expect(ran.stderr).toContain('There is nothing to redo')
  })

  test('a yes or no takes y, says what is none of both, and no more steps than there are', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const ran = await bench.run(['-i', '--mode', 'auto'], {
      stdin: 'paint it blue\n/undo 9\n/undo\nperhaps\n/undo\ny\n',
      mock: [
        call('read_file', { path: 'a.txt' }),
        edit('a.txt', 'one', 'two'),
        { content: 'Changed.' },
      ],
    })
    expect(ran.stderr).toContain('9 steps cannot be undone in this conversation: there is 1 step')
    expect(ran.stderr).toContain('  y yes\n  n no\n')
    expect(ran.stderr).toContain('"perhaps" is none of yes, no')
    expect(ran.stdout.match(/^Undone: /gm)).toHaveLength(1)
    expect(bench.text('a.txt')).toBe('one\n')
  })

  test('/undo --files tells the model with the next message', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    await bench.run(['-i', '--mode', 'auto'], {
      stdin: 'paint it blue\n/undo --files -y\nand now?\n',
      mock: [
        call('read_file', { path: 'a.txt' }),
        edit('a.txt', 'one', 'two'),
        { content: 'Changed.' },
        edit('a.txt', 'one', 'three'),
        { content: 'Done.' },
      ],
    })
    const request = JSON.stringify(bench.requests().at(3))
    expect(request).toContain('paint it blue')
    expect(request).toContain('<undo>the user took back the changes of 1 step: a.txt changed')
    // What it knows of the file holds again: it may edit without another look.
    expect(bench.text('a.txt')).toBe('three\n')
  })

  test('/undo --chat leaves the files, and they can be taken back afterwards', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const ran = await bench.run(['-i', '--mode', 'auto'], {
      stdin: 'paint it blue\n/undo --chat -y\n!cat a.txt\n/undo --files -y\nand now?\n',
      mock: [shell('echo two > a.txt'), { content: 'Changed.' }, { content: 'Nothing.' }],
    })
    expect(ran.stdout).toContain('two')
    expect(bench.text('a.txt')).toBe('one\n')
    expect(JSON.stringify(bench.requests().at(-1))).not.toContain('paint it blue')
  })

  test('/undo --files passes over prompts that changed none', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    await bench.run(['-i', '--mode', 'auto'], {
      stdin: 'change it\nwhat was it?\n/undo --files -y\n',
      mock: [shell('echo two > a.txt'), { content: 'Changed.' }, { content: 'One.' }],
    })
    expect(bench.text('a.txt')).toBe('one\n')
  })

  test('asks for each file that the person changed since, and nothing is done on "nothing"', async () => {
    await using bench = openBench({ 'a.txt': 'one\n', 'b.txt': 'one\n' })
    const ran = await bench.run(['-i', '--mode', 'auto'], {
      stdin: ['go', '!echo mine > a.txt', '/undo', '3', '/undo', '2', 'yes'].join('\n'),
      mock: [shell('echo two > a.txt; echo two > b.txt'), { content: 'Done.' }],
    })
    expect(ran.stdout).toContain('changed by you since, you decide:')
    expect(ran.stderr).toContain('Nothing was done')
    expect([bench.text('a.txt'), bench.text('b.txt')]).toEqual(['one\n', 'one\n'])
  })

  test('a prompt that changed no file is taken back, too', async () => {
    await using bench = openBench()
    const ran = await bench.run(['-i'], {
      stdin: 'first\nsecond\n/undo -y\nthird\n',
      mock: [{ content: '1' }, { content: '2' }, { content: '3' }],
    })
    expect(ran.stdout).toContain('Undone: no file changed; the conversation went with it')
    const last = JSON.stringify(bench.requests().at(-1))
    expect(last).toContain('first')
    expect(last).not.toContain('second')
  })

  test('says in a line what a step changed, and gives the prompt back into the editor', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const pty = bench.terminal(['--mode', 'auto'], {
      mock: [
        call('read_file', { path: 'a.txt' }),
        edit('a.txt', 'one', 'two'),
        { content: 'Changed.' },
      ],
    })
    await pty.waitFor('/help')
    pty.type(`paint it blue${keys.enter}`)
    await pty.waitFor('1 file changed (+1 -1); /undo takes it back')
    pty.type(`/undo -y${keys.enter}`)
    await pty.waitFor('Undone: 1 file changed')
    await pty.waitUntil(() => pty.lines.at(-2)?.includes('paint it blue') === true, 'the prompt')
    expect(bench.text('a.txt')).toBe('one\n')
    await pty.close()
  })
})

describe('codi undo', () => {
  test('takes back what codi tool and apply-patch did, step by step, and redo does it again', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const before = treeOf(bench.root)
    await tool(bench, 'edit_file', { path: 'a.txt', old_string: 'one', new_string: 'two' })
    const between = treeOf(bench.root)
    await tool(bench, 'bash', {
      command: 'mv a.txt c.txt; chmod 700 c.txt; head -c 3000 /dev/zero > z',
    })
    const after = treeOf(bench.root)
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(between)
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(before)
    expect((await bench.run(['redo', '-y'])).exitCode).toBe(0)
    expect((await bench.run(['redo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(after)
  })

  test('takes back directories that were moved into others, and replaced by links', async () => {
    await using bench = openBench({ 'src/a': 'a\n', 'lib/b': 'b\n', 'to/mine': 'mine\n' })
    const before = treeOf(bench.root)
    await tool(bench, 'bash', { command: 'mv src to/; mv lib old; ln -s old lib; echo x > lib/b' })
    const after = treeOf(bench.root)
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(before)
    expect((await bench.run(['redo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(after)
  })

  test('leaves what a kept file holds up, and puts back the rest', async () => {
    await using bench = openBench({ 'd/a': 'a\n', b: 'b\n' })
    await tool(bench, 'bash', { command: 'rm d/a; rmdir d; echo file > d; echo two > b' })
    bench.write('d', 'mine\n')
    const undone = await bench.run(['undo', '-y', '--conflicts', 'mine'])
    expect(undone.exitCode).toBe(0)
    expect([bench.text('d'), bench.text('b')]).toEqual(['mine\n', 'b\n'])
    expect(undone.stdout + undone.stderr).toContain('d/a stays as it is')
  })

  test('goes on to older steps where a person has put back the newest themselves', async () => {
    await using bench = openBench({ 'a.txt': 'one\n', 'b.txt': 'one\n' })
    await tool(bench, 'bash', { command: 'echo two > a.txt' })
    await tool(bench, 'bash', { command: 'echo two > b.txt' })
    bench.write('b.txt', 'one\n')
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect(bench.text('a.txt')).toBe('one\n')
  })

  test('shows the plan, touches nothing without an answer, and says how to answer', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    await tool(bench, 'edit_file', { path: 'a.txt', old_string: 'one', new_string: 'two' })
    const dry = await bench.run(['undo', '--dry-run', '--json'])
    expect(JSON.parse(dry.stdout)).toMatchObject({
      ...{ done: false, what: 'undo' },
      files: [{ path: 'a.txt', kind: 'changed', added: 1, removed: 1, outcome: 'restore' }],
    })
    const shown = await bench.run(['undo', '--dry-run'])
    expect(shown.stdout).toContain('M a.txt  +1 -1')
    const asked = await bench.run(['undo'])
    expect(asked.exitCode).toBe(3)
    expect(asked.stderr).toContain('-y does it')
    expect(bench.text('a.txt')).toBe('two\n')
  })

  test('refuses with the list when a person changed the same lines, and obeys --conflicts', async () => {
    await using bench = openBench({ 'a.txt': 'one\n', 'b.txt': 'one\n' })
    await tool(bench, 'bash', { command: 'echo two > a.txt; echo two > b.txt' })
    bench.write('a.txt', 'mine\n')
    const refused = await bench.run(['undo', '-y'])
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('a.txt: you changed it since')
    expect(bench.text('b.txt')).toBe('two\n')
    expect((await bench.run(['undo', '-y', '--conflicts', 'mine'])).exitCode).toBe(0)
    expect([bench.text('a.txt'), bench.text('b.txt')]).toEqual(['mine\n', 'one\n'])
  })

  test('goes with the conversation of a one-shot run, so that the next one knows nothing of it', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const mock = [shell('echo two > a.txt'), { content: 'Done.' }]
    await bench.run(['--mode', 'auto', 'paint it blue'], { mock })
    await bench.run(['sessions', 'rename', 'last', 'walls'])
    const changed = await bench.run(['diff', '--session', 'walls', '--stat'])
    expect(changed.stdout).toContain('M a.txt  +1 -1')
    expect((await bench.run(['undo', '-s', 'nobody', '-y'])).exitCode).toBe(1)
    const undone = await bench.run(['undo', '-s', '1', '-y'])
    expect(undone.stderr).toContain('the conversation goes back to before "paint it blue"')
    await bench.run(['-c', 'hello'], { mock: [{ content: 'Hi.' }] })
    expect(JSON.stringify(bench.requests().at(-1))).not.toContain('paint it blue')
    expect(bench.text('a.txt')).toBe('one\n')
  })

  test('of a conversation that was deleted puts the files back, and nothing of its words is left', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const mock = [shell('echo two > a.txt # confidential'), { content: 'Done.' }]
    await bench.run(['--mode', 'auto', 'paint it ultramarine'], { mock })
    await bench.run(['-c', 'is it ultramarine?'], { mock: [{ content: 'Yes.' }] })
    const [row] = JSON.parse((await bench.run(['sessions', '--json'])).stdout)
    const gone = await bench.run(['sessions', 'delete', '-y', row.id])
    expect(gone.exitCode).toBe(0)
    const journal = join(bench.home, 'data/journal')
    const isLeft = (name: string) =>
      /ultramarine|confidential/.test(readFileSync(join(journal, name), 'latin1'))
    expect(readdirSync(journal).filter((name) => name.includes('.') && isLeft(name))).toEqual([])
    expect((await bench.run(['undo', '-y', '--files'])).exitCode).toBe(0)
    expect(bench.text('a.txt')).toBe('one\n')
  })

  test('takes in what a command had done when codi was killed in the middle of it', async () => {
    await using bench = openBench({ 'a.txt': 'one\n', 'd/b.txt': 'b\n' })
    const before = treeOf(bench.root)
    const mock = [shell('rm d/b.txt; rmdir d; echo two > a.txt; echo up; sleep 60')]
    const { child, seen, ended } = bench.start(['--mode', 'auto', '-f', 'jsonl', 'go'], { mock })
    await seen('up\\n')
    child.kill('SIGKILL')
    await ended
    expect(bench.text('a.txt')).toBe('two\n')
    const undone = await bench.run(['undo', '-y'])
    expect(undone.stderr).toContain('codi ended in the middle of')
    expect(treeOf(bench.root)).toEqual(before)
    expect(readdirSync(join(bench.home, 'data/journal/captures'))).toEqual([])
  })

  test('an undo that was killed leaves nothing beside the files, and both ways lead on from it', async () => {
    await using bench = openBench()
    const names = Array.from({ length: 300 }, (_, at) => `d/${at}`)
    for (const name of names) bench.write(name, `${name}\n`)
    const before = treeOf(bench.root)
    await tool(bench, 'bash', { command: 'for f in d/*; do echo more >> $f; done; echo x > new' })
    const after = treeOf(bench.root)
    const cutOff = async (way: 'undo' | 'redo') => {
      const { child, ended } = bench.start([way, '-y'])
      const isBegun = () => readdirSync(join(bench.root, 'd')).length > names.length
      while (!isBegun() && child.exitCode === null) await Bun.sleep(1)
      child.kill('SIGKILL')
      await ended
      const list = await bench.run(['undo', '--list'])
      expect(list.stderr).toContain('codi ended in the middle of 1 step')
      expect(treeOf(bench.root).filter((row) => row.includes('.tmp'))).toEqual([])
    }
    await cutOff('undo')
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(before)
    await cutOff('redo')
    expect((await bench.run(['redo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(after)
  })

  test('takes back what a background shell did until codi ended', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const before = treeOf(bench.root)
    const command =
      'echo two > a.txt; while [ ! -e go ]; do sleep 0.05; done; echo x > late; sleep 60'
    const ran = await bench.run(['--mode', 'auto', 'serve'], {
      mock: [
        call('bash', { command, background: true }),
        shell('touch go; while [ ! -e late ]; do sleep 0.05; done'),
        { content: 'It runs.' },
      ],
    })
    expect(ran.exitCode).toBe(0)
    expect(bench.exists('late')).toBe(true)
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(before)
    expect(readdirSync(join(bench.home, 'data/journal/captures'))).toEqual([])
  })

  test('takes back a try that was applied', async () => {
    await using bench = openBench({ 'a.txt': 'one\n', 'b.txt': 'b\n' })
    const before = treeOf(bench.root)
    const applied = await bench.run(['try', '-y', '--', 'sh', '-c', 'echo two > a.txt; rm b.txt'])
    // Where no copy can be had nothing ran, which is another test's matter.
    if (applied.exitCode !== 0) return
    expect(bench.exists('b.txt')).toBe(false)
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(before)
  })

  test('has nothing to take back where the journal is off, and says so', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    const env = { CODI_JOURNAL: 'false' }
    await bench.run(['--mode', 'edit', 'tool', 'write_file', '{"path":"n","content":"x"}'], { env })
    expect(existsSync(join(bench.home, 'data/journal'))).toBe(false)
    const undone = await bench.run(['undo', '-y'], { env })
    expect(undone.exitCode).toBe(1)
    expect(undone.stderr).toContain('the journal is off')
    const status = await bench.run(['status'], { env })
    expect(status.stdout).toContain('the journal is off')
  })

  test('of nothing says so, and wrong words are refused', async () => {
    await using bench = openBench()
    const nothing = await bench.run(['undo', '-y'])
    expect(nothing.exitCode).toBe(1)
    expect(nothing.stderr).toContain('There is nothing to undo')
    for (const argv of [['undo', '0'], ['undo', 'all'], ['undo', '--files', '--chat'], ['restore']])
      expect((await bench.run(argv)).exitCode).toBe(2)
    expect((await bench.run(['restore', 'nowhere'])).stderr).toContain('no checkpoint "nowhere"')
  })
})

describe('codi diff', () => {
  test('prints what git apply makes the same tree of', async () => {
    await using bench = openBench({
      'a b.txt': 'one\ntwo\nthree\n',
      'gone.bin': new Uint8Array([0, 1, 2]),
    })
    bench.write('old/name.ts', Array.from({ length: 30 }, (_, at) => `line ${at}\n`).join(''))
    bench.git('init', '-q')
    bench.git('add', '.')
    bench.git('commit', '-qm', 'start')
    await tool(bench, 'bash', {
      command: [
        "sed -i s/two/TWO/ 'a b.txt'",
        'mkdir new && mv old/name.ts new/name.ts && sed -i "s/line 3$/other/" new/name.ts',
        'rm gone.bin && head -c 500 /dev/urandom > data.bin',
        'printf "no newline" > plain && chmod +x plain && ln -s plain link',
        `printf x > "$(printf 'odd\\tname "q"')"`,
      ].join('; '),
    })
    const diff = await bench.run(['diff'])
    expect(diff.stdout).toContain('rename from old/name.ts')
    expect(diff.stdout).toContain('GIT binary patch')
    // Git knows no empty directories.
    rmdirSync(join(bench.root, 'old'))
    const after = treeOf(bench.root).filter((row) => !row.startsWith('.git'))
    bench.write('../patch', diff.stdout)
    bench.git('stash', '-qu')
    bench.git('apply', join(bench.root, '../patch'))
    const applied = treeOf(bench.root).filter((row) => !row.startsWith('.git'))
    expect(applied).toEqual(after)
    bench.git('apply', '-R', join(bench.root, '../patch'))
    expect(bench.git('status', '--porcelain')).toBe('')
    const listed = await bench.run(['diff', '--json', 'new'])
    expect((JSON.parse(listed.stdout) as JsonObject).changes).toMatchObject([
      { path: 'new/name.ts' },
    ])
  })
})

describe('checkpoints', () => {
  test('are gone back to over several steps, and that is taken back by redo', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    await tool(bench, 'bash', { command: 'echo two > a.txt' })
    expect((await bench.run(['checkpoints', 'add', 'here'])).exitCode).toBe(0)
    const early = await bench.run(['restore', 'here', '-y'])
    expect(early.stderr).toContain('nothing was done since')
    expect(early.exitCode).toBe(1)
    await tool(bench, 'bash', { command: 'echo three > a.txt' })
    await tool(bench, 'bash', { command: 'echo b > b.txt' })
    const [row] = JSON.parse((await bench.run(['checkpoints', '--json'])).stdout)
    expect(row).toMatchObject({ name: 'here', automatic: false, files: 2 })
    expect((await bench.run(['restore', 'here', '-y'])).exitCode).toBe(0)
    expect([bench.text('a.txt'), bench.exists('b.txt')]).toEqual(['two\n', false])
    expect((await bench.run(['redo', '-y'])).exitCode).toBe(0)
    expect([bench.text('a.txt'), bench.exists('b.txt')]).toEqual(['three\n', true])
  })

  test('are made before a dangerous command that a person allowed', async () => {
    await using bench = openBench({ 'sub/a.txt': 'one\n' })
    await bench.run(['-i', '--mode', 'auto'], {
      stdin: 'go\ny\n',
      mock: [shell('rm -rf ~/nothing-there sub'), { content: 'Done.' }],
    })
    const rows = JSON.parse((await bench.run(['checkpoints', '--json'])).stdout)
    expect(rows).toMatchObject([{ automatic: true, name: 'rm -rf ~/nothing-there sub' }])
  })
})

describe('codi du and codi gc', () => {
  test('tell what lies there, and let go of old steps', async () => {
    await using bench = openBench({ 'a.txt': 'one\n' })
    await tool(bench, 'bash', { command: 'echo two > a.txt' })
    const rows = JSON.parse((await bench.run(['du', '--json'])).stdout) as JsonObject[]
    const journal = rows.find((row) => row.what === 'journal')
    expect(journal).toMatchObject({ count: 1, projects: [{ root: bench.root }] })
    // What is young may be in use.
    const gone = await bench.run(['gc', '--older', '0'])
    expect(gone.stdout).toContain('nothing to free')
    expect((await bench.run(['undo', '-y'])).exitCode).toBe(0)
  })
})

async function tool(bench: Bench, name: string, input: JsonObject): Promise<void> {
  const { exitCode, stderr } = await bench.run([
    '--mode',
    'auto',
    'tool',
    name,
    JSON.stringify(input),
  ])
  if (exitCode !== 0) throw new Error(stderr)
}

const canMount = Bun.spawnSync(['unshare', '-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).success

describe('on a disk that is full', () => {
  // Without user namespaces no file system of a size of its own can be had.
  test.skipIf(!canMount)('nothing is half undone, and it works once there is room', async () => {
    await using bench = openBench()
    const disk = join(bench.root, 'disk')
    const script = `
      mkdir disk && mount -t tmpfs -o size=3m none disk && cd disk || exit 9
      head -c 600000 /dev/urandom | base64 > a; cp a b; cp a ../a
      codi --mode auto tool write_file '{"path":"a","content":"small"}' || exit 8
      codi --mode auto tool write_file '{"path":"b","content":"small"}' || exit 7
      head -c 9000000 /dev/zero > fill
      codi undo 2 -y && exit 6
      ls -A; cat a b; rm fill
      codi undo 2 -y || exit 5
      cmp a ../a && cmp b ../a && ls -A`
    const names = { CODI_SHELL: script }
    const ran = await bench.shell(`export -f codi; unshare -rm bash -c "$CODI_SHELL"`, {
      env: names,
    })
    expect(ran).toMatchObject({ exitCode: 0 })
    expect(ran.stderr).toMatch(/Nothing was changed: .*The disk is full/)
    expect(ran.stdout).toContain('a\nb\nfill\nsmallsmall')
    expect(ran.stdout).toEndWith('a\nb\n')
    expect(existsSync(join(disk, 'a'))).toBe(false)
  })
})
