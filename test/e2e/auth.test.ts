import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AuthorizationServer,
  browse,
  openAuthorizationServer,
} from '../support/authorization-server.ts'
import { type Bench, openBench, type Ran } from '../support/codi.ts'
import { json, openLoginServer } from '../support/login-server.ts'
import { type ModelServer, startModelServer } from '../support/model-server.ts'
import { keys } from '../support/pty.ts'

const secret = 'sk-leakable-0123456789abcdef'
const browser = join(import.meta.dir, '../support/authorization-server.ts')
const inFile = { CODI_CREDENTIAL_STORE: 'file' }
let host: ModelServer
let bench: Bench

beforeEach(() => {
  host = startModelServer()
  bench = openBench()
})
afterEach(async () => {
  host.close()
  await bench[Symbol.asyncDispose]()
})

function codi(argv: string[], options: Parameters<Bench['run']>[1] = {}): Promise<Ran> {
  return bench.run(argv, { ...options, env: { ...inFile, ...options.env } })
}

const address = () => ['--base-url', `${host.url}/v1`]
const login = () => codi(['login', 'openai', ...address()], { stdin: `${secret}\n` })

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('a key', () => {
  test('is piped in, checked, used and forgotten', async () => {
    const ran = await login()
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' })
    expect(ran.stderr).toContain('logged in to OpenAI')
    expect(host.others[0]?.headers.authorization).toBe(`Bearer ${secret}`)

    host.script({ text: 'hello' })
    expect(await codi(['say hello'])).toMatchObject({ stdout: 'hello\n', exitCode: 0 })
    expect(host.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`)

    const status = await codi(['auth', 'status', '--json'])
    expect(JSON.parse(status.stdout)).toEqual([
      {
        name: 'openai',
        kind: 'key',
        source: 'file',
        hint: 'cdef',
        baseUrl: `${host.url}/v1`,
        savedAt: expect.any(String),
      },
    ])
    expect((await codi(['logout', 'openai'])).stderr).toContain('logged out of OpenAI')
    expect((await codi(['logout', 'openai'])).exitCode).toBe(1)
    expect((await codi(['auth', 'status'])).stderr).toContain('nobody is logged in')
  })

  test('that the provider refuses is not stored, unless it is not to be asked', async () => {
    host.answers.set('/v1/models', { status: 401, body: { error: { message: `no ${secret}` } } })
    const refused = await login()
    expect(refused.exitCode).toBe(5)
    expect(refused.stderr).toMatch(/refused this key.*--no-verify/)
    expect(refused.stderr).not.toContain(secret)
    expect((await codi(['auth', 'status', '--json'])).stdout).toBe('[]\n')
    const kept = await codi(['login', 'openai', '--no-verify', ...address()], { stdin: secret })
    expect(kept.exitCode).toBe(0)
  })

  test('that cannot be checked is not stored; that is no key is said', async () => {
    host.close()
    const down = await login()
    expect(down.exitCode).toBe(6)
    expect(down.stderr).toContain('--no-verify keeps it unchecked')
    for (const stdin of ['', 'two words', 'sk-\u00e4'])
      expect((await codi(['login', 'openai', ...address()], { stdin })).exitCode).toBe(2)
    expect((await codi(['login', 'opnai'], { stdin: 'x' })).stderr).toContain('did you mean openai')
    expect((await codi(['login'], { stdin: 'x' })).exitCode).toBe(2)
    for (const words of [[secret], ['openai', secret], ['openai', 'anthropic']]) {
      const ran = await codi(['login', ...words], { stdin: '' })
      expect(ran.exitCode).toBe(2)
      expect(ran.stderr).toContain('takes the name of one provider')
      expect(ran.stderr).not.toContain(secret)
    }
    expect((await codi(['login', 'builtin'], { stdin: 'x' })).stderr).toContain('needs no key')
  })

  test('is in no output, no error, no history and no file, whatever is asked for', async () => {
    await login()
    const outputs: Ran[] = []
    for (const argv of [
      ['-f', 'jsonl', 'say hello'],
      ['-f', 'json', '--verbose', 'say hello'],
    ]) {
      host.script({ text: 'hello' })
      outputs.push(await codi(argv))
    }
    host.script({ status: 401, body: { error: { message: `Incorrect API key: ${secret}` } } })
    const refused = await codi(['-f', 'jsonl', 'say hello'])
    expect(refused.exitCode).toBe(5)
    expect(refused.stdout).toContain('codi login openai')
    host.script({ fault: 'reset' }, { fault: 'garbage', text: 'x' })
    const debug = { CODI_DEBUG: '1' }
    outputs.push(
      refused,
      await codi(['debug', 'prompt', 'say hello']),
      await codi(['auth', 'status']),
      await codi(['config']),
      await codi(['models']),
      await codi(['say hello', '-f', 'jsonl'], { env: debug }),
      await codi(['sessions', 'list', '--json']),
      await codi(['login', 'openai', ...address()], { stdin: secret, env: debug }),
    )
    writeFileSync(join(bench.home, 'data', 'credentials.key'), 'not a key')
    const crashed = await codi(['say hello'], { env: debug })
    expect(crashed.exitCode).toBe(5)
    expect(crashed.stderr).toContain('is not the key of')
    outputs.push(crashed)
    expect(outputs.map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(secret)
    for (const path of filesBelow(bench.home))
      expect(readFileSync(path, 'latin1')).not.toContain(secret)
  })

  test('of the environment is shown, and kept after a yes', async () => {
    const env = { OPENAI_API_KEY: secret, ANTHROPIC_AUTH_TOKEN: 'token-0123456789abcdef' }
    const shown = await codi(['auth', 'status'], { env })
    expect(shown.stdout).toMatch(/anthropic +key …cdef, from ANTHROPIC_AUTH_TOKEN/)
    expect((await codi(['auth', 'import'], { env })).exitCode).toBe(2)
    const kept = await codi(['auth', 'import', '-y'], { env })
    expect(kept.exitCode).toBe(0)
    expect(kept.stderr + shown.stdout).not.toMatch(/leakable|token-0/)
    const rows = JSON.parse((await codi(['auth', 'status', '--json'])).stdout) as object[]
    expect(rows).toHaveLength(2)
    expect((await codi(['logout', '--all'])).exitCode).toBe(0)
    expect((await codi(['auth', 'status', '--json'])).stdout).toBe('[]\n')
  })

  test('that was replaced in another terminal is used by a REPL that goes on', async () => {
    await login()
    host.script({ status: 401, body: { error: { message: 'no' } } }, { text: 'welcome back' })
    const pty = bench.terminal([], { env: inFile })
    await pty.waitFor('openai/')
    pty.type(`one${keys.enter}`)
    await pty.waitFor('refused the stored credential')
    await codi(['login', 'openai', ...address()], { stdin: 'sk-another-key' })
    pty.type(`two${keys.enter}`)
    await pty.waitFor('welcome back')
    expect(host.requests[1]?.headers.authorization).toBe('Bearer sk-another-key')
    await pty.close()
  })

  test('is pasted without being shown at a terminal, from a list', async () => {
    const pty = bench.terminal(['login', '--no-verify'], { env: inFile })
    await pty.waitFor('Log in to')
    await pty.waitFor('OpenAI')
    pty.type(keys.down)
    pty.type(keys.enter)
    await pty.waitFor('Key for OpenAI')
    pty.type(secret)
    pty.type(keys.enter)
    expect(await pty.exited).toBe(0)
    await pty.waitFor('logged in to OpenAI')
    expect(pty.raw).not.toContain('leakable')
    await pty.close()
  })
})

describe('a passphrase', () => {
  test('is asked for at a terminal before the run, and taken from the environment elsewhere', async () => {
    const env = { CODI_PASSPHRASE: 'correct horse' }
    await codi(['login', 'openai', ...address()], { stdin: secret, env })
    const locked = await codi(['say hello'])
    expect(locked.exitCode).toBe(5)
    expect(locked.stderr).toContain('CODI_PASSPHRASE')
    host.script({ text: 'hello' }, { text: 'hello' })
    expect((await codi(['say hello'], { env })).stdout).toBe('hello\n')

    const pty = bench.terminal(['say hello'], { env: inFile })
    await pty.waitFor('Passphrase')
    pty.type('wrong horse')
    pty.type(keys.enter)
    await pty.waitFor(/try again[\s\S]*Passphrase/)
    pty.type('correct horse')
    pty.type(keys.enter)
    await pty.waitFor('hello')
    expect(await pty.exited).toBe(0)
    await pty.close()
  })
})

test('a login by device code shows where to go and what to type', async () => {
  await using server = openLoginServer((path, _, count) => {
    if (path === '/device')
      return json({
        device_code: 'device-code-0123456789',
        user_code: 'ABCD-EFGH',
        verification_uri: 'https://login.example/device',
        interval: 0.01,
      })
    return count === 1
      ? json({ error: 'authorization_pending' }, 400)
      : json({ access_token: 'access-token-0123456789', expires_in: 3600 })
  })
  const [deviceUrl, tokenUrl] = [`${server.url}/device`, `${server.url}/token`]
  mkdirSync(join(bench.home, 'config'), { recursive: true })
  writeFileSync(
    join(bench.home, 'config', 'config.json'),
    JSON.stringify({ oauth: { openai: { deviceUrl, tokenUrl, clientId: 'mine' } } }),
  )
  const ran = await codi(['login', 'openai', '--device', ...address()])
  expect(ran.exitCode).toBe(0)
  expect(ran.stderr).toContain('open https://login.example/device in a browser and type ABCD-EFGH')
  expect(ran.stderr).not.toMatch(/device-code|access-token/)
  host.script({ text: 'hello' })
  expect((await codi(['say hello'])).stdout).toBe('hello\n')
  expect(host.requests[0]?.headers.authorization).toBe('Bearer access-token-0123456789')
  expect((await codi(['auth', 'status'])).stdout).toMatch(/login, in .*, good until \d{4}-/)
  expect((await codi(['logout', 'openai'])).stderr).toContain('could not be revoked')
})

describe('a login by browser', () => {
  let server: AuthorizationServer

  beforeEach(async () => {
    server = await openAuthorizationServer()
    const { issuer, clientId, scopes } = server.provider
    mkdirSync(join(bench.home, 'config'), { recursive: true })
    writeFileSync(
      join(bench.home, 'config', 'config.json'),
      JSON.stringify({ oauth: { openai: { issuer, clientId, scopes } } }),
    )
  })
  afterEach(() => server[Symbol.asyncDispose]())

  async function loggedIn(): Promise<void> {
    const ran = await codi(['login', 'openai', '--browser', ...address()], {
      env: { BROWSER: `${process.execPath} ${browser}` },
    })
    expect(ran.stderr).toContain('logged in to OpenAI as ada')
    expect(ran.exitCode).toBe(0)
  }
  const token = (index: number) => host.requests[index]?.headers.authorization?.slice(7) ?? ''

  test('is used, renewed when the host refuses its token, and revoked at the end', async () => {
    await loggedIn()
    host.script({ text: 'one' }, { status: 401, body: {} }, { text: 'two' })
    expect((await codi(['say one'])).stdout).toBe('one\n')
    expect(await server.isGood(token(0))).toBe(true)
    expect((await codi(['say two'])).stdout).toBe('two\n')
    expect(token(1)).toBe(token(0))
    expect(token(2)).not.toBe(token(0))
    expect(server.grants).toEqual(['authorization_code', 'refresh_token'])

    const status = (await codi(['auth', 'status'])).stdout
    expect(status).toContain('login as ada')
    expect(status).toContain('renewed by itself')
    expect((await codi(['logout', 'openai'])).stderr).toContain('its tokens are revoked')
    expect(await server.isGood(token(2))).toBe(false)
    for (const path of filesBelow(bench.home))
      expect(readFileSync(path, 'latin1')).not.toContain(token(2))
  })

  test('that was revoked elsewhere ends with status 5 and says to log in again', async () => {
    await loggedIn()
    await server.forgetAll()
    host.script({ status: 401, body: {} })
    const ended = await codi(['say one', '-f', 'json'])
    expect(ended.exitCode).toBe(5)
    expect(JSON.parse(ended.stdout)).toMatchObject({
      ok: false,
      error: { kind: 'credentials', message: expect.stringContaining('codi login openai') },
    })
    expect((await codi(['auth', 'status'])).stdout).toContain('ended: codi login openai')
  })

  test('takes the pasted address where the browser is on another machine', async () => {
    const env = { ...inFile, SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }
    const pty = bench.terminal(['login', 'openai', '--browser', ...address()], { env })
    await pty.waitFor('paste the address')
    const url = /http:\/\/127\S+code_challenge\S+/.exec(pty.raw)?.[0] ?? ''
    pty.type('https://example.org/nonsense')
    pty.type(keys.enter)
    // Between two questions nobody reads.
    await pty.waitFor(/holds no code[\s\S]*paste the address/)
    pty.type((await browse(url, { staysAway: true })).url)
    pty.type(keys.enter)
    await pty.waitFor('logged in to OpenAI as ada')
    expect(await pty.exited).toBe(0)
    await pty.close()
  })

  test('is given up by an interrupt, and by one key at its question', async () => {
    const pty = bench.terminal(['login', 'openai', '--browser', ...address()], {
      env: { ...inFile, SSH_CONNECTION: 'x' },
    })
    await pty.waitFor('paste the address')
    pty.type(keys.ctrl('c'))
    expect(await pty.exited).toBe(130)
    await pty.close()
    expect((await codi(['auth', 'status', '--json'])).stdout).toBe('[]\n')
  })
})
