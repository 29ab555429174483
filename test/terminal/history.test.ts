import { afterEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openHistory } from '../../src/terminal/history.ts'
import { openSecretCheck } from '../../src/terminal/secret.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

function file(): string {
  const directory = mkdtempSync(join(tmpdir(), 'codi-history-'))
  directories.push(directory)
  return join(directory, 'data', 'history.jsonl')
}

describe('history', () => {
  test('keeps entries of several lines, across processes, newest last and each once', () => {
    const path = file()
    const one = openHistory(path)
    const two = openHistory(path)
    one.add('first')
    two.add('second\nline')
    one.add('third')
    one.add('first')
    expect(two.entries()).toEqual(['second\nline', 'third', 'first'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('is empty without a file, and survives damage in it', async () => {
    const path = file()
    expect(openHistory(path).entries()).toEqual([])
    openHistory(path).add('good')
    await Bun.write(path, `${readFileSync(path, 'utf8')}{"broken\n\0\0\n[1]\n`)
    expect(openHistory(path).entries()).toEqual(['good'])
  })

  test('stays within its limit', () => {
    const path = file()
    const history = openHistory(path)
    for (let count = 0; count < 150; count++) history.add(`${count} ${'x'.repeat(18_000)}`)
    expect(statSync(path).size).toBeGreaterThan(2_000_000)
    expect(history.entries().at(-1)).toStartWith('149 ')
    expect(statSync(path).size).toBeLessThan(1_100_000)
  })

  const secrets = [
    'export OPENAI_API_KEY=abcdef123456',
    'use sk-proj-abcdefghijklmnopqrstuvwx please',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    'curl -H "Authorization: Bearer abcdefghijklmnop1234"',
    'postgres://admin:hunter22@db.example.com/x',
    'password: correcthorse',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'AKIAIOSFODNN7EXAMPLE',
  ]
  for (const secret of secrets) {
    test(`does not keep ${secret.slice(0, 24)}`, () => {
      expect(openSecretCheck()(secret)).toBe(true)
    })
  }

  test('keeps talk about secrets', () => {
    for (const text of [
      'where is the password checked?',
      'rename the token parameter',
      'how do we store API keys?',
      'what does max_tokens do',
    ]) {
      expect(openSecretCheck()(text)).toBe(false)
    }
  })
})
