/** Sessions in the built executable: named, found, gone on with, copied, put away, brought in and out. */
import { describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionSummary } from '../../src/contract/session.ts'
import { claudeSession, codexSession, piSession } from '../sessions/transfer/foreign-sessions.ts'
import { type Bench, call, openBench } from '../support/codi.ts'
import { keys } from '../support/pty.ts'

const talk = (prompt: string, answer: string) => ({ argv: [prompt], mock: [{ content: answer }] })

async function said(bench: Bench, prompt: string, answer = `answer to ${prompt}`): Promise<string> {
  const { argv, mock } = talk(prompt, answer)
  const ran = await bench.run([...argv, '-f', 'json'], { mock })
  return String((JSON.parse(ran.stdout) as { session: string }).session)
}

async function listed(bench: Bench, ...flags: string[]): Promise<SessionSummary[]> {
  return JSON.parse((await bench.run(['sessions', '--json', ...flags])).stdout) as SessionSummary[]
}

describe('codi sessions', () => {
  test('names them by id, number, name or label, and says which it cannot tell apart', async () => {
    await using bench = openBench()
    const first = await said(bench, 'why is the total wrong')
    const second = await said(bench, 'why does it retry')
    expect((await bench.run(['sessions'])).stdout).toMatch(
      new RegExp(
        `^  1  ${second} .* why does it retry\n  2  ${first} .* why is the total wrong\n$`,
      ),
    )
    expect((await bench.run(['sessions', 'rename', '1', 'retries'])).stderr).toBe(
      `codi: ${second} is named retries\n`,
    )
    expect((await bench.run(['sessions', 'show', 'retries'])).stdout).toContain(
      '> why does it retry',
    )
    expect((await bench.run(['sessions', 'show', 'total wrong'])).stdout).toContain(
      'answer to why is the total',
    )
    expect((await bench.run(['sessions', 'show', 'why'])).stderr).toMatch(
      /^codi: "why" fits several sessions \(.*give an id\n$/,
    )
    for (const [name, why] of [
      ['last', 'means something else'],
      ['12', 'means something else'],
      ['retries', 'is named "retries" already'],
    ] as const) {
      const refused = await bench.run(['sessions', 'rename', first, name])
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(why)])
    }
    expect(
      (await bench.run(['sessions', 'label', first, 'Rounding', 'of', 'totals'])).exitCode,
    ).toBe(0)
    expect((await listed(bench)).find((row) => row.id === first)?.label).toBe('Rounding of totals')
    expect((await bench.run(['sessions', 'label', first, 'clear'])).exitCode).toBe(0)
    expect((await listed(bench)).find((row) => row.id === first)?.label).toBe(
      'why is the total wrong',
    )
  })

  test('finds what was said, here or everywhere, without secrets', async () => {
    await using bench = openBench()
    const id = await said(bench, 'where is parseConfig', 'It is in load.ts.')
    const found = await bench.run(['sessions', 'search', 'parseConfig'])
    expect(found.stdout).toContain(id)
    expect(found.stdout).toContain('parseConfig')
    mkdirSync(join(bench.root, 'other'))
    const elsewhere = ['-C', join(bench.root, 'other')]
    expect(await bench.run(['sessions', 'search', 'load.ts', ...elsewhere])).toMatchObject({
      exitCode: 1,
      stdout: '',
    })
    expect(
      (await bench.run(['sessions', 'search', 'load.ts', '--all', '--json', ...elsewhere])).stdout,
    ).toContain(id)
  })

  test('what is archived is neither listed nor gone on with by accident; delete takes no guess', async () => {
    await using bench = openBench()
    const id = await said(bench, 'an old thing')
    await bench.run(['sessions', 'archive', id])
    expect(await listed(bench)).toEqual([])
    expect(await listed(bench, '--archived')).toHaveLength(1)
    const resumed = await bench.run([`--resume=${id}`, 'more'], { mock: [{ content: 'x' }] })
    expect(resumed).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is archived; codi sessions unarchive'),
    })
    await bench.run(['sessions', 'unarchive', id])
    expect(await listed(bench)).toHaveLength(1)
    expect((await bench.run(['sessions', 'delete', 'old thing'])).stderr).toContain(
      'There is no session "old thing"',
    )
    expect((await bench.run(['sessions', 'delete', id, 'nothing'])).exitCode).toBe(1)
    expect(await listed(bench)).toHaveLength(1)
    expect((await bench.run(['sessions', 'delete', id.slice(0, 17)])).exitCode).toBe(0)
    expect(await listed(bench)).toEqual([])
    expect((await bench.run(['sessions', 'show', id])).exitCode).toBe(1)
  })

  test('prune shows first; repair says what it found; a wrong word names the right one', async () => {
    await using bench = openBench()
    await said(bench, 'one')
    const tried = await bench.run(['sessions', 'prune', '--older-than', '0', '--dry-run'])
    expect(tried).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^codi: would remove 1 session/),
    })
    expect(await bench.run(['sessions', 'prune'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--older-than DAYS'),
    })
    expect((await bench.run(['sessions', 'repair'])).stdout).toContain('all readable')
    expect((await bench.run(['sessions', 'prune', '--older-than', '0'])).stderr).toMatch(
      /^codi: removed 1 session/,
    )
    expect((await bench.run(['sessions', 'serach', 'x'])).stderr).toContain('did you mean search?')
  })
})

describe('going on', () => {
  test('a terminal offers them, and shows where the chosen one stood', async () => {
    await using bench = openBench()
    await said(bench, 'the first talk', 'The first answer.')
    await said(bench, 'the second talk', 'The second answer.')
    const pty = bench.terminal(['resume'], { mock: [{ content: 'And on.' }] })
    await pty.waitFor('Which conversation?')
    await pty.waitFor('the second talk')
    pty.type(keys.down)
    pty.type(keys.enter)
    await pty.waitFor('The first answer.')
    pty.type(`go on${keys.enter}`)
    await pty.waitFor('And on.')
    const rows = await listed(bench)
    expect(rows.map((row) => row.messages)).toEqual([4, 2])
    // While it is open, others see who holds it.
    expect((await bench.run(['sessions'])).stdout).toContain('open in another codi (process ')
    const refused = await bench.run(['resume', rows[0]?.id ?? ''], { mock: [] })
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`process ${pty.pid}`),
    })
    const fork = await bench.run([`--resume=${rows[0]?.id}`, '--fork', '-f', 'json', 'aside'], {
      mock: [{ content: 'Aside.' }],
    })
    expect(JSON.parse(fork.stdout)).toMatchObject({ ok: true, text: 'Aside.' })
    pty.type(keys.ctrl('d'))
    expect(await pty.exited).toBe(0)
    await pty.close()
    expect((await listed(bench)).map((row) => row.messages)).toEqual([6, 4, 2])
  }, 40_000)

  test('a fork ends before a prompt, and leaves the session as it was', async () => {
    await using bench = openBench()
    const id = await said(bench, 'one')
    await bench.run(['-c', 'two'], { mock: [{ content: 'second' }] })
    const { stdout } = await bench.run(['fork', id, '--at', '2'])
    const fork = stdout.trim()
    expect(
      (await listed(bench)).map(({ id: row, messages, forkedFrom }) => [
        row,
        messages,
        forkedFrom?.session,
      ]),
    ).toEqual([
      [fork, 2, id],
      [id, 4, undefined],
    ])
    const again = await bench.run([`--resume=${fork}`, 'other'], { mock: [{ content: 'third' }] })
    expect(again.stdout).toBe('third\n')
    expect(await bench.run(['fork', id, '--at', '9'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it has 2'),
    })
    expect(await bench.run(['--fork', 'hello'], { mock: [] })).toMatchObject({ exitCode: 2 })
  })

  test('what was interrupted says so, and how to go on', async () => {
    await using bench = openBench()
    bench.write('talk.jsonl', claudeSession)
    await bench.run(['import', 'talk.jsonl'])
    bench.write(
      'cut.json',
      (await bench.run(['export', '-f', 'json', 'Find the rounding'])).stdout
        .replace(/^.*"result":.*"callId":"toolu_c".*\n/m, '')
        .replace(/"id":"2\d{7}-[\w-]+"/, '"id":"20260101-0000-abcdef"'),
    )
    await bench.run(['import', 'cut.json'])
    const shown = await bench.run(['-i'], { mock: [], stdin: '/resume 20260101\n' })
    expect(shown.stdout).toContain('Find the rounding error')
    expect(shown.stdout).toContain('Mend it.')
    expect(shown.stdout).toContain('It was interrupted: Edit had no result yet')
    expect(shown.stderr).toContain('It was held in /home/ada/shop')
  })
})

describe('in and out', () => {
  test('codi JSON that was deleted here comes in as the same session', async () => {
    await using bench = openBench({ 'a.txt': 'hello\n' })
    const ran = await bench.run(['-f', 'json', 'read it'], {
      mock: [call('read_file', { path: 'a.txt' }), { content: 'It says hello.' }],
    })
    const id = (JSON.parse(ran.stdout) as { session: string }).session
    await bench.run(['sessions', 'rename', id, 'hello'])
    const out = await bench.run(['export', '-f', 'json', 'hello'])
    bench.write('hello.json', out.stdout)
    expect((await bench.run(['import', 'hello.json'])).stdout).toContain(`here already ${id}`)
    await bench.run(['sessions', 'delete', id])
    expect((await bench.run(['import', 'hello.json'])).stdout).toContain(`imported ${id}`)
    expect((await bench.run(['export', '-f', 'json', 'hello'])).stdout).toBe(out.stdout)
    const on = await bench.run([`--resume=hello`, 'more'], { mock: [{ content: 'more' }] })
    expect(on).toMatchObject({ exitCode: 0, stdout: 'more\n' })
  })

  test('the format is that of the file, which is for the person alone; what cannot be written is said', async () => {
    await using bench = openBench({ 'out/keep.txt': '' })
    const id = await said(bench, 'a talk')
    const wrote = await bench.run(['export', '-o', 'talk.html', '--json'])
    const { file, bytes } = JSON.parse(wrote.stdout) as { file: string; bytes: number }
    expect(statSync(file)).toMatchObject({ size: bytes })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toStartWith('<!doctype html>')
    expect((await bench.run(['export', '-o', 'out'])).stderr).toContain(
      join(bench.root, 'out', `codi-${id}.md`),
    )
    expect((await bench.run(['export'])).stdout).toStartWith('# a talk\n')
    const printed = JSON.parse((await bench.run(['export', '--json'])).stdout)
    expect(printed).toMatchObject({ schema: 'codi.session/1', session: { id } })
    expect((await bench.run(['export', '-o', '-', '-f', 'html'])).stdout).toStartWith(
      '<!doctype html>',
    )
    // What is no file is written to, and never replaced by one.
    const piped = await bench.shell(
      'mkfifo pipe && { cat pipe > seen & } && codi export -o pipe && wait && test -p pipe && head -1 seen',
    )
    expect([piped.exitCode, piped.stdout]).toEqual([0, '# a talk\n'])
    expect(await bench.run(['export', '-o', 'no/where.md'])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Cannot write'),
    })
    expect(await bench.run(['export', '-f', 'jsonl'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('one of md, html, json'),
    })
    expect(await bench.run(['export', 'nothing', '-f', 'json'])).toMatchObject({
      exitCode: 1,
      stdout: '',
    })
    expect(await bench.run(['-f', 'html', 'x'], { mock: [] })).toMatchObject({ exitCode: 2 })
  })

  test('other programs: those of this directory, all, twice; one bad file keeps no other out', async () => {
    await using bench = openBench()
    const put = (path: string, text: string) => {
      mkdirSync(join(bench.home, path, '..'), { recursive: true })
      writeFileSync(join(bench.home, path), text.replaceAll('/home/ada/shop', bench.root))
    }
    put('.claude/projects/-shop/one.jsonl', claudeSession)
    put('.claude/projects/-shop/agent-2.jsonl', claudeSession)
    put(
      '.claude/projects/-else/two.jsonl',
      claudeSession.replaceAll('/home/ada/shop', '/else').replaceAll('c1a0de00', 'c1a0de01'),
    )
    put('.codex/sessions/2026/04/02/rollout-1.jsonl', codexSession)
    put(
      '.codex/session_index.jsonl',
      '{"id":"019c0de0-0000-7000-8000-000000000002","thread_name":"The list of files"}\n',
    )
    put('.claude/projects/-shop/one/subagents/agent-1.jsonl', claudeSession)
    put('.pi/agent/sessions/--shop--/3.jsonl', piSession)
    const tried = await bench.run(['import', '--from', 'claude', '--dry-run'])
    expect(tried.stdout).toMatch(
      /^would import c1a0de00.* "Find the rounding error" \(claude, 5 messages, 3 calls, 1 summary\); left out: /,
    )
    expect(tried.stderr).toBe(
      'codi: 1 would be imported of this directory (--all takes every one)\n',
    )
    expect(await listed(bench)).toEqual([])
    expect((await bench.run(['import', '--from', 'claude', '--all'])).stderr).toBe(
      'codi: 2 imported\n',
    )
    expect((await bench.run(['import', '--from', 'claude', '--all'])).stderr).toBe(
      'codi: 2 here already\n',
    )
    expect((await bench.run(['import', '--from', 'codex'])).stderr).toStartWith('codi: 1 imported')
    expect((await bench.run(['import', '--from', 'pi'])).stderr).toStartWith('codi: 1 imported')
    expect(tried.stdout).toContain('sub-agents (1)')
    const rows = await listed(bench)
    expect(rows.map((row) => row.label)).toContain('The list of files')
    expect(rows.map((row) => row.importedFrom?.program).sort()).toEqual(['claude', 'codex', 'pi'])
    // Times are those of the talk, not of the import.
    expect(rows.map((row) => new Date(row.createdAt).getUTCMonth() + 1).sort()).toEqual([3, 4, 5])
    bench.write('good.jsonl', piSession.replaceAll('a1b2c3d4', 'a1b2c3d5'))
    bench.write('bad.jsonl', 'no session\n')
    const mixed = await bench.run(['import', 'bad.jsonl', 'good.jsonl', 'gone.jsonl'])
    expect(mixed).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^imported /) })
    expect(mixed.stderr).toContain('bad.jsonl: it is no session')
    expect(mixed.stderr).toContain('codi: 1 imported, 2 could not be read')
    const on = await bench.run(['--resume=Two files', 'go on'], {
      mock: [{ content: 'on it goes' }],
    })
    // There are two of that label; one was held here.
    expect(on).toMatchObject({ exitCode: 0, stdout: 'on it goes\n' })
  })
})

test('what comes in is data: secrets stay out of the store, and nothing in it drives the terminal', async () => {
  await using bench = openBench()
  const secret = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
  const content = `use ${secret} \u001b[31mred \u202eturned`
  const messages = [
    { role: 'user', content },
    { role: 'assistant', content },
  ]
  bench.write('old.json', JSON.stringify({ label: content, projectPath: bench.root, messages }))
  await bench.run(['import', 'old.json'])
  expect((await bench.run(['sessions', 'search', secret, '--all'])).exitCode).toBe(1)
  const shown = [
    await bench.run(['sessions']),
    await bench.run(['sessions', 'show', 'last']),
    await bench.run(['export', 'last']),
    await bench.run(['-i'], { mock: [], stdin: '/resume last\n' }),
  ]
  for (const { stdout } of shown) {
    expect(stdout).toContain('[masked: GitHub token]')
    expect(/[\u001b\u202e]/.test(stdout)).toBe(false)
  }
  const database = join(bench.home, 'data', 'sessions.db')
  const kept = readdirSync(join(database, '..')).filter((name) => name.startsWith('sessions.db'))
  for (const name of kept)
    expect(readFileSync(join(database, '..', name), 'latin1').includes(secret)).toBe(false)
})

describe('in the REPL', () => {
  const feed = (bench: Bench, mock: { content: string }[], ...lines: string[]) =>
    bench.run(['-i'], { mock, stdin: `${lines.join('\n')}\n` })

  test('names, labels, copies, exports and puts away the conversation it is in', async () => {
    await using bench = openBench()
    const ran = await feed(
      bench,
      [{ content: 'one' }, { content: 'two' }],
      ...[
        '/save',
        'first prompt',
        'second prompt',
        '/save talk',
        '/label What it is',
        '/export html page.html',
      ],
      ...[
        '/fork list',
        '/fork 2',
        '/sessions',
        '/search second',
        '/archive',
        '/sessions archived',
        '/prune 30',
      ],
    )
    expect(ran.stderr).toContain('Nothing is kept of this conversation yet')
    expect(ran.stderr).toContain('Kept as talk')
    expect(ran.stderr).toContain('Label: What it is')
    expect(ran.stderr).toContain('Wrote page.html')
    expect(ran.stdout).toMatch(/1 +first prompt\n.*2 +second prompt/)
    expect(ran.stderr).toContain('Before: second prompt')
    expect(ran.stderr).toContain('Archived: What it is')
    expect(ran.stderr).toContain('nothing to remove')
    expect((await listed(bench)).map((row) => [row.name, row.messages])).toEqual([['talk', 4]])
    expect((await listed(bench, '--archived')).map((row) => row.messages)).toEqual([2])
  })

  test('/resume of the conversation it is in changes nothing; without a word it is the one before', async () => {
    await using bench = openBench()
    const before = await said(bench, 'an earlier talk', 'Earlier.')
    const ran = await feed(
      bench,
      [{ content: 'one' }, { content: 'two' }, { content: 'three' }],
      ...['begin', '/resume last', 'go on', '/resume', 'and there'],
    )
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Earlier.') })
    const rows = await listed(bench)
    expect(rows.map((row) => [row.firstPrompt, row.messages])).toEqual([
      ['an earlier talk', 4],
      ['begin', 4],
    ])
    expect(rows[0]?.id).toBe(before)
  })

  test('takes over what others kept, and says what it does not know', async () => {
    await using bench = openBench()
    bench.write('talk.jsonl', piSession)
    const ran = await feed(
      bench,
      [],
      '/import talk.jsonl',
      '/import claude',
      '/import',
      '/export',
      '/resume nothing',
      '/fork x',
    )
    expect(ran.stdout).toMatch(/imported \S+ "Two files" \(pi, /)
    expect(ran.stderr).toContain('no sessions found')
    expect(ran.stderr).toContain('/import wants a file')
    expect(ran.stderr).toContain('There is nothing to export yet')
    expect(ran.stderr).toContain('There is no session "nothing"')
    expect(ran.exitCode).not.toBe(0)
  })

  test('a small model gives the label after the first answer, where one is set', async () => {
    await using bench = openBench()
    const settings = join(bench.home, 'config')
    mkdirSync(settings, { recursive: true })
    writeFileSync(join(settings, 'config.json'), '{"smallModel": "mock/mock"}')
    const pty = bench.terminal([], { mock: [{ content: 'The answer.' }] })
    await pty.waitFor('mock · ask')
    pty.type(`why is the total wrong${keys.enter}`)
    await pty.waitFor('The answer.')
    // The script begins anew for the small model.
    while ((await listed(bench))[0]?.label !== 'The answer') {}
    pty.type(keys.ctrl('d'))
    await pty.exited
    await pty.close()
    expect(bench.requests().length).toBe(2)
  }, 40_000)
})
