import { afterEach, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
  toolCalls: [
    { id: 'c1', name: 'read_file', input: { path: 'a.txt' } },
    { id: 'c2', name: 'edit_file', input: { path: 'a.txt', old_string: 'one', new_string: 'two' } },
  ],
}

describe('codi -i fed by a pipe', () => {
  test('takes prompts and answers in order and puts the answers alone on stdout', async () => {
    const { feed, directory } = open({
      responses: [edit, { content: 'changed **it**' }, { content: 'second' }],
      files: { 'a.txt': 'one\n' },
    })
    const result = await feed('change it\ny\nand now?\n')
    expect(result).toMatchObject({ stdout: 'changed **it**\nsecond\n', exitCode: 0 })
    expect(result.stderr).toContain('edit a.txt')
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('two\n')
  })

  test('at the end of the input a question is a denial, and nothing hangs', async () => {
    const { feed, directory } = open({
      responses: [edit, { content: 'not allowed then' }],
      files: { 'a.txt': 'one\n' },
    })
    const result = await feed('change it')
    expect(result.stdout).toContain('not allowed then')
    expect(result.stderr).toContain('nobody is here to allow it')
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('one\n')
  })

  test('an answer that is none is asked for again, and a refusal may give a reason', async () => {
    const { feed, env } = open({
      responses: [edit, { content: 'fine' }],
      files: { 'a.txt': 'one\n' },
    })
    const result = await feed('change it\nperhaps\nn use three\n')
    expect(result.stderr).toContain('"perhaps" is no answer')
    expect(readFileSync(env.CODI_MOCK_LOG ?? '', 'utf8')).toContain('use three')
  })

  test('commands, joined lines and shell lines work; a failed line is the exit status', async () => {
    const { feed, env } = open()
    const result = await feed('/mode plan\nfirst \\\nsecond\n!echo shell-$((1+1))\n/nosuch\n')
    expect(result.stderr).toContain('Mode: plan')
    expect(result.stdout).toContain('shell-2')
    expect(result.stderr).toContain('There is no command /nosuch')
    expect(result.exitCode).toBe(2)
    expect(readFileSync(env.CODI_MOCK_LOG ?? '', 'utf8')).toContain('first \\nsecond')
  })

  test('/sessions show takes a unique start of an id, and says when it is not unique', async () => {
    const { feed } = open({ responses: [{ content: 'an answer' }] })
    const first = await feed('a question\n/sessions show 20\n')
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.stdout).toContain('> a question\n\nan answer')
    const second = await feed('another\n/sessions show 20\n')
    expect(second.exitCode).not.toBe(0)
    expect(second.stderr).toMatch(/several|ambiguous|more than one/i)
  })

  test('/exit ends it before the lines that follow', async () => {
    const result = await open().feed('/exit\nnever asked\n')
    expect(result).toMatchObject({ stdout: '', exitCode: 0 })
  })

  test('a prompt on the command line comes first, empty input ends at once', async () => {
    const { feed } = open({ responses: [{ content: 'one' }, { content: 'two' }] })
    const result = await feed('next\n', { args: ['begin'] })
    expect(result.stdout).toBe('one\ntwo\n')
    expect(await feed('')).toMatchObject({ stdout: '', exitCode: 0 })
  })
})
