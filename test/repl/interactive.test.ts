import { afterEach, describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keys } from '../support/pty.ts'
import { openReplBench, type ReplBench } from './session.ts'

let bench: ReplBench | undefined

afterEach(async () => {
  await bench?.close()
  bench = undefined
})

function open(options: Parameters<typeof openReplBench>[0] = {}): ReplBench {
  bench = openReplBench(options)
  return bench
}

const edit = {
  content: 'I will change it.',
  toolCalls: [
    { id: 'c1', name: 'read_file', input: { path: 'a.txt' } },
    { id: 'c2', name: 'edit_file', input: { path: 'a.txt', old_string: 'one', new_string: 'two' } },
  ],
}

const loop = (id: string, seconds: number) => ({
  toolCalls: [
    {
      id,
      name: 'bash',
      input: {
        // What it prints does not stand in the line that announces it.
        command: `touch ran-${id}; echo started-${id}-$((1+1)); sleep ${seconds}; echo late-$((40+2))`,
      },
    },
  ],
})

describe('the live prompt', () => {
  test('answers in rendered Markdown and comes back to an empty prompt', async () => {
    const pty = open({ responses: [{ content: '# Title\n\nSome **bold** `code`.\n' }] }).open()
    await pty.waitFor('◆  mock')
    pty.type(`hello there${keys.enter}`)
    await pty.waitFor(/◇ {2}hello there[\s\S]*Title\n\nSome bold code\.[\s\S]*◆ {2}mock/)
    expect(pty.text).not.toContain('**')
    // Erased in one sweep, live rows would be kept as scrollback by some terminals.
    expect(pty.raw).not.toContain('\x1b[J')
    pty.type(keys.ctrl('d'))
    expect(await pty.exited).toBe(0)
    expect(pty.raw).toContain('\x1b[?2004l')
  })

  test('edits a line, takes several lines, and folds a long paste that is sent in full', async () => {
    const pty = open().open()
    await pty.waitFor('◆  mock')
    pty.type(`world${keys.ctrl('a')}hello ${keys.ctrl('e')}!`)
    await pty.waitFor('│  hello world!')
    pty.type(`${keys.altEnter}second`)
    await pty.waitFor(/│ {2}hello world!\n│ {2}second/)
    pty.type(keys.paste(Array.from({ length: 30 }, (_, line) => `pasted ${line}`).join('\r')))
    await pty.waitFor('[pasted 30 lines]')
    pty.type(keys.enter)
    await pty.waitFor('default answer')
    const log = readFileSync(bench?.env.CODI_MOCK_LOG ?? '', 'utf8')
    expect(log).toContain('pasted 29')
    expect(log).toContain('hello world!\\nsecond')
  })

  test('remembers lines across runs, but no secrets, and searches them with Ctrl+R', async () => {
    const { open: start } = open()
    const first = start()
    await first.waitFor('◆  mock')
    first.type(`find the parser${keys.enter}`)
    await first.waitFor('default answer')
    first.type(`the password=hunter2hunter2${keys.enter}`)
    await first.waitFor(/default answer[\s\S]*default answer[\s\S]*◆/)
    first.type(keys.ctrl('d'))
    await first.exited
    const second = start()
    await second.waitFor('◆  mock')
    second.type(keys.up)
    await second.waitFor('│  find the parser')
    second.type(`${keys.ctrl('u')}${keys.ctrl('r')}pars`)
    await second.waitFor('search: pars')
    await second.waitFor('│  find the parser')
  })

  test('completes commands and files, and names the closest command for an unknown one', async () => {
    const pty = open({ files: { 'src/alpha.ts': 'let x = 1', 'src/beta.ts': '' } }).open()
    await pty.waitFor('◆  mock')
    pty.type(`/stat${keys.tab}`)
    await pty.waitFor('│  /status')
    pty.type(`${keys.ctrl('u')}see @src/al${keys.tab}`)
    await pty.waitFor('│  see @src/alpha.ts')
    pty.type(keys.enter)
    await pty.waitFor('attached src/alpha.ts')
    await pty.waitFor('default answer')
    expect(readFileSync(bench?.env.CODI_MOCK_LOG ?? '', 'utf8')).toContain('let x = 1')
    pty.type(`/mdoe${keys.enter}`)
    await pty.waitFor('did you mean /mode?')
    pty.type(`/mode --help${keys.enter}`)
    await pty.waitFor('/mode [plan|ask|edit|auto]')
    pty.type(`/mode plan${keys.enter}`)
    await pty.waitFor('Mode: plan')
    await pty.waitFor(/◆ {2}mock.* plan/)
  })

  test('/status says what is known of the code', async () => {
    const pty = open({ files: { 'src/alpha.ts': 'let x = 1' } }).open()
    await pty.waitFor('◆  mock')
    pty.type(`/status${keys.enter}`)
    await pty.waitFor(/index +(only when asked for|begins|reads the code|1 file)/)
  })

  test('runs a shell line with its exit status, and Ctrl+C ends it', async () => {
    const pty = open().open()
    await pty.waitFor('◆  mock')
    pty.type(`!echo out-$((40+2)); exit 3${keys.enter}`)
    await pty.waitFor(/out-42\n■ exit status 3/)
    pty.type(`!echo running-$((1+1)); sleep 60${keys.enter}`)
    await pty.waitFor('running-2')
    pty.type(keys.ctrl('c'))
    await pty.waitFor('ended by you')
    await pty.waitFor(/ended by you[\s\S]*◆ {2}mock/)
    expect(readLog()).toBe('')
  })
})

function readLog(): string {
  const file = bench?.env.CODI_MOCK_LOG ?? ''
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

describe('questions', () => {
  test('a change is shown and made when it is allowed once', async () => {
    const { open: start, directory } = open({
      responses: [edit, { content: 'All done.' }],
      files: { 'a.txt': 'one\n' },
    })
    const pty = start()
    await pty.waitFor('◆  mock')
    pty.type(`change it${keys.enter}`)
    await pty.waitFor('y once')
    expect(pty.text).toContain('-one')
    expect(pty.text).toContain('+two')
    pty.type('y')
    await pty.waitFor('All done.')
    expect(pty.text).toContain('allowed once')
    expect(pty.text).toMatch(/● edit a\.txt.*\+1 -1/)
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('two\n')
  })

  test('a refusal carries its reason to the model', async () => {
    const { open: start, directory } = open({
      responses: [edit, { content: 'Understood.' }],
      files: { 'a.txt': 'one\n' },
    })
    const pty = start()
    await pty.waitFor('◆  mock')
    pty.type(`change it${keys.enter}`)
    await pty.waitFor('y once')
    pty.type('n')
    await pty.waitFor('why not?')
    pty.type(`use another word${keys.enter}`)
    await pty.waitFor('Understood.')
    expect(readLog()).toContain('use another word')
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('one\n')
  })

  test('Esc during a question stops the run and changes nothing', async () => {
    const { open: start, directory } = open({ responses: [edit], files: { 'a.txt': 'one\n' } })
    const pty = start()
    await pty.waitFor('◆  mock')
    pty.type(`change it${keys.enter}`)
    await pty.waitFor('y once')
    pty.type(keys.escape)
    await pty.waitFor('Interrupted')
    await pty.waitFor(/Interrupted[\s\S]*◆ {2}mock/)
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('one\n')
  })

  test('letters of a sentence being typed never answer a question that comes up', async () => {
    const { open: start, directory } = open({
      responses: [edit, { content: 'Over.' }],
      files: { 'a.txt': 'one\n' },
      config: { streamDelay: 60, streamChunkSize: 2 },
    })
    const pty = start()
    await pty.waitFor('◆  mock')
    pty.type(`change it${keys.enter}`)
    await pty.waitFor('I will')
    let typing = true
    const typist = (async () => {
      while (typing) {
        pty.type('y')
        await Bun.sleep(40)
      }
    })()
    await pty.waitFor('a question waits for you')
    typing = false
    await typist
    // Once the person pauses, the answers are there and a key takes one.
    await pty.waitFor('y once')
    await pty.waitFor('answer with a letter, not with Enter')
    // The end of that sentence, typed as if nothing had come between.
    pty.type(keys.enter)
    pty.type('n')
    await pty.waitFor('why not?')
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('one\n')
    pty.type(keys.enter)
    await pty.waitFor(/Over\.[\s\S]*│ {2}y+/)
  })

  test('what is typed at a question and is no answer to it is typed', async () => {
    const { open: start, directory } = open({
      responses: [edit, { content: 'Over.' }],
      files: { 'a.txt': 'one\n' },
    })
    const pty = start()
    await pty.waitFor('◆  mock')
    pty.type(`change it${keys.enter}`)
    await pty.waitFor('y once')
    // In one piece, as fast as can be: its p would store a rule, its a would stop the turn.
    pty.type('/mode plan')
    await pty.waitFor('answer with a letter, not with Enter')
    pty.type('n')
    await pty.waitFor('why not?')
    pty.type(keys.enter)
    await pty.waitFor(/Over\.[\s\S]*│ {2}\/mode plan/)
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('one\n')
  })

  test('ask_user takes a choice by its number', async () => {
    const pty = open({
      responses: [
        {
          toolCalls: [
            { id: 'q', name: 'ask_user', input: { question: 'Which?', choices: ['red', 'blue'] } },
          ],
        },
        { content: 'As you like.' },
      ],
    }).open()
    await pty.waitFor('◆  mock')
    pty.type(`go${keys.enter}`)
    await pty.waitFor('2 blue')
    pty.type('2')
    await pty.waitFor('As you like.')
    expect(readLog()).toContain('blue')
  })
})

describe('while codi works', () => {
  test('typed text steers the run at its next call, and queued text follows it', async () => {
    const pty = open({
      responses: [loop('a', 2), { content: 'first done' }, { content: 'second done' }],
    }).open({ args: ['-y'] })
    await pty.waitFor('◆  mock')
    pty.type(`begin${keys.enter}`)
    await pty.waitFor('started-a-2')
    pty.type(`steer this way${keys.enter}`)
    await pty.waitFor('next: steer this way')
    pty.type(`/queue and then this${keys.enter}`)
    await pty.waitFor('later: and then this')
    await pty.waitFor(/◇ {2}steer this way[\s\S]*first done[\s\S]*◇ {2}and then this/)
    await pty.waitFor('second done')
  })

  test('an interrupt cancels the command and gives unsent text back to the prompt', async () => {
    const { open: start, directory } = open({ responses: [loop('b', 60)] })
    const pty = start({ args: ['-y'] })
    await pty.waitFor('◆  mock')
    pty.type(`begin${keys.enter}`)
    await pty.waitFor('started-b-2')
    pty.type(`please also this${keys.enter}`)
    await pty.waitFor('next: please also this')
    pty.type(keys.escape)
    await pty.waitFor('Interrupted')
    await pty.waitFor('│  please also this')
    expect(existsSync(join(directory, 'ran-b'))).toBe(true)
    expect(pty.text).not.toContain('late-42')
  })

  test('a second Ctrl+C leaves with status 130 and gives the terminal back', async () => {
    const pty = open({ responses: [loop('c', 60)] }).open({ args: ['-y'] })
    await pty.waitFor('◆  mock')
    pty.type(`begin${keys.enter}`)
    await pty.waitFor('started-c-2')
    pty.type(keys.ctrl('c') + keys.ctrl('c'))
    expect(await pty.exited).toBe(130)
    expect(pty.raw).toContain('\x1b[?2004l')
  })
})

describe('the terminal itself', () => {
  test('a terminal that is closed ends codi', async () => {
    const pty = open().open()
    await pty.waitFor('◆  mock')
    pty.hangUp()
    // Whichever is noticed first: the closed output (a quiet end) or the hang-up.
    expect([0, 129]).toContain(await pty.exited)
  })

  test('SIGTERM gives the terminal back', async () => {
    const pty = open().open()
    await pty.waitFor('◆  mock')
    pty.kill('SIGTERM')
    expect(await pty.exited).toBe(143)
    expect(pty.raw).toContain('\x1b[?2004l')
  })

  test('a narrow window and a resize keep the prompt whole', async () => {
    const pty = open({ responses: [{ content: 'word '.repeat(40) }] }).open({
      columns: 20,
      rows: 12,
    })
    await pty.waitFor('◆')
    pty.type(`a rather long question for so few columns${keys.enter}`)
    await pty.waitFor(/word word word\nword/)
    expect(pty.lines.every((line) => Bun.stringWidth(line) <= 20)).toBe(true)
    pty.resize(60, 20)
    pty.type('after')
    await pty.waitFor('│  after')
  })

  test('/clear begins anew on an empty screen, Ctrl+L keeps what is being typed', async () => {
    const pty = open().open()
    await pty.waitFor('◆  mock')
    pty.type(`remember me${keys.enter}`)
    await pty.waitFor(/default answer[\s\S]*◆ {2}mock/)
    pty.type(`/clear${keys.enter}`)
    await pty.waitFor(/New conversation[\s\S]*◆ {2}mock/)
    expect(pty.text).not.toContain('remember me')
    pty.type('half typed')
    await pty.waitFor('│  half typed')
    pty.type(keys.ctrl('l'))
    await pty.waitUntil(() => !pty.text.includes('New conversation'), 'an empty screen')
    await pty.waitFor('│  half typed')
  })

  test('Esc stops an answer in the middle of its text', async () => {
    const pty = open({
      responses: [{ content: 'again and '.repeat(400) }],
      config: { streamDelay: 20, streamChunkSize: 10 },
    }).open()
    await pty.waitFor('◆  mock')
    pty.type(`talk${keys.enter}`)
    await pty.waitFor('again and again')
    pty.type(keys.escape)
    await pty.waitFor(/Interrupted[\s\S]*◆ {2}mock/)
  })

  test('a locale without UTF-8 gets ASCII, NO_COLOR no colour', async () => {
    const pty = open().open({ env: { LC_ALL: 'C', NO_COLOR: '1' }, columns: 30 })
    await pty.waitFor('*  mock')
    pty.type(`hello${keys.enter}`)
    await pty.waitFor(/default answer[\s\S]*\* {2}mock/)
    expect(pty.raw).not.toMatch(/[^\x00-\x7f]/)
    expect(pty.raw).not.toMatch(/\x1b\[[\d;]*m/)
  })

  test('TERM=dumb gets lines and no escape sequences', async () => {
    const pty = open({ responses: [{ content: 'plain **answer**' }] }).open({
      env: { TERM: 'dumb' },
    })
    await pty.waitFor('codi>')
    pty.type(`hello${keys.enter}`)
    await pty.waitFor(/plain answer[\s\S]*codi>/)
    expect(pty.raw).not.toContain('\x1b')
    pty.type(keys.ctrl('d'))
    expect(await pty.exited).toBe(0)
  })

  test('TERM=dumb: what was said stands whole above a question', async () => {
    const pty = open({
      responses: [{ ...edit, content: 'I will change it now.' }, { content: 'All done.' }],
      files: { 'a.txt': 'one\n' },
    }).open({ env: { TERM: 'dumb' } })
    await pty.waitFor('codi>')
    pty.type(`change it${keys.enter}`)
    await pty.waitFor('n no [reason]')
    expect(pty.text).toMatch(/I will change it now\.\s*\n[\s\S]*\? edit a\.txt/)
    pty.type(`y${keys.enter}`)
    await pty.waitFor('All done.')
  })

  test('escape sequences from the model and from commands reach the terminal as harmless signs', async () => {
    const pty = open({ responses: [{ content: 'evil \x1b]0;owned\x07 \x1b[2J text' }] }).open()
    await pty.waitFor('◆  mock')
    pty.type(`go${keys.enter}`)
    await pty.waitFor('evil')
    pty.type(`!printf 'cmd \\033]0;owned2\\007 \\033[5mblink\\n'${keys.enter}`)
    await pty.waitFor('blink')
    expect(pty.raw).not.toContain('\x1b]0;owned')
    expect(pty.raw).not.toContain('\x1b[5m')
  })
})
