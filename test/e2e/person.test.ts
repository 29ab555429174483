/** One shot on a terminal: a person is asked, and decides. */
import { expect, test } from 'bun:test'
import { call, openBench } from '../support/codi.ts'
import { keys } from '../support/pty.ts'

const writing = [call('write_file', { path: 'a.txt', content: 'hello\n' }), { content: 'The end.' }]

test('a permission is asked for with its diff, and y allows it', async () => {
  await using bench = openBench()
  const terminal = bench.terminal(['write it'], { mock: writing })
  await terminal.waitFor('Allow it?')
  expect(terminal.text).toContain('+hello')
  expect(bench.exists('a.txt')).toBe(false)
  terminal.type('y')
  await terminal.waitFor('The end.')
  expect(await terminal.exited).toBe(0)
  expect(bench.text('a.txt')).toBe('hello\n')
})

test('a command says where it runs only where that is somewhere else', async () => {
  await using bench = openBench({ 'sub/a.txt': 'a\n' })
  const mock = [
    call('bash', { command: 'make first' }),
    call('bash', { command: 'make second', cwd: 'sub' }),
    { content: 'The end.' },
  ]
  const terminal = bench.terminal(['make it'], { mock })
  await terminal.waitFor('Allow it?')
  terminal.type('n')
  await terminal.waitFor('Why not?')
  terminal.type(keys.enter)
  await terminal.waitFor(/make second[\s\S]*Allow it\?/)
  expect(terminal.text.match(/^ {2}in \//gm)).toHaveLength(1)
  terminal.type('a')
  await terminal.exited
})

test('n refuses, and the reason reaches the model', async () => {
  await using bench = openBench()
  const terminal = bench.terminal(['write it'], { mock: writing })
  await terminal.waitFor('Allow it?')
  terminal.type('n')
  await terminal.waitFor('Why not?')
  terminal.type(`use b.txt${keys.enter}`)
  await terminal.waitFor('The end.')
  await terminal.exited
  expect(bench.exists('a.txt')).toBe(false)
  expect(JSON.stringify(bench.requests()[1])).toContain('use b.txt')
})

test('Ctrl+C at the question stops the run and nothing is written', async () => {
  await using bench = openBench()
  const terminal = bench.terminal(['write it'], { mock: writing })
  await terminal.waitFor('Allow it?')
  terminal.type(keys.ctrl('c'))
  expect([3, 130]).toContain(await terminal.exited)
  expect(bench.exists('a.txt')).toBe(false)
  expect(bench.requests()).toHaveLength(1)
})

test('a question of the model offers its choices, and the answer goes back', async () => {
  await using bench = openBench()
  const asking = call('ask_user', { question: 'Which colour?', choices: ['red', 'blue'] })
  const terminal = bench.terminal(['ask me'], { mock: [asking, { content: 'Thanks.' }] })
  await terminal.waitFor('something else')
  terminal.type(keys.down)
  terminal.type(keys.enter)
  await terminal.waitFor('Thanks.')
  await terminal.exited
  expect(JSON.stringify(bench.requests()[1])).toContain('blue')
})

test('Ctrl+C at a question of a command interrupts it; Esc is no answer', async () => {
  await using bench = openBench()
  await bench.run(['-y', 'write it'], { mock: writing })
  for (const [key, status] of [
    [keys.ctrl('c'), 130],
    [keys.escape, 1],
  ] as const) {
    const terminal = bench.terminal(['undo'])
    await terminal.waitFor('Undo this?')
    terminal.type(key)
    expect(await terminal.exited).toBe(status)
  }
  expect(bench.exists('a.txt')).toBe(true)
})

test('whoever clears old conversations away sees them first, and a script is taken at its word', async () => {
  await using bench = openBench()
  await bench.run(['say it'], { mock: [{ content: 'Said.' }] })
  const prune = ['sessions', 'prune', '--older-than', '0']
  const terminal = bench.terminal(prune)
  await terminal.waitFor('Remove 1 session for good?')
  expect(terminal.text).toContain('say it')
  terminal.type(keys.enter)
  expect(await terminal.exited).toBe(1)
  expect((await bench.run(['sessions'])).stdout).toContain('say it')
  expect((await bench.run(prune)).stderr).toContain('removed 1 session')
  expect((await bench.run(['sessions'])).stdout).toBe('')
})

test('Enter at the end of what is being typed does not answer a question that came up meanwhile', async () => {
  await using bench = openBench()
  const terminal = bench.terminal([], {
    mock: [...writing, { content: 'More.' }, { content: 'More.' }],
  })
  await terminal.waitFor('◆')
  terminal.type(`write it${keys.enter}`)
  let typing = true
  const typist = (async () => {
    while (typing) {
      terminal.type(`hm${keys.enter}`)
      await Bun.sleep(50)
    }
  })()
  await terminal.waitFor('+hello')
  // Long enough for several Enters to fall on the open question.
  await Bun.sleep(250)
  typing = false
  await typist
  expect(bench.exists('a.txt')).toBe(false)
  await terminal.waitFor('y once')
  terminal.type('a')
  await terminal.waitFor('refused and stopped')
  terminal.type(keys.ctrl('c'))
  terminal.type(keys.ctrl('c'))
  await terminal.exited
  expect(bench.exists('a.txt')).toBe(false)
})
