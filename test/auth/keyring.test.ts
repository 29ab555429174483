import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noKeyring, noSecretService, openSecretService } from '../support/secret-service.ts'

const secret = 'sk-live-0123456789abcdefghij'
const storeProcess = join(import.meta.dir, '../support/store-process.ts')
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'codi-keyring-test-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function store(words: string[], env: Record<string, string>): Promise<string> {
  const child = Bun.spawn([process.execPath, storeProcess, directory, ...words], {
    env: { PATH: process.env.PATH, HOME: directory, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [said, warned] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return `${said}${warned}`.trim()
}

const file = () => readFileSync(join(directory, 'credentials'), 'utf8')

describe('without a keyring', () => {
  test('the file takes over, and who demands the keyring is told', async () => {
    const auto = { ...noKeyring, CODI_CREDENTIAL_STORE: 'auto' }
    expect(await store(['set', 'openai', secret], auto)).toContain('"place":"file"')
    expect(await store(['token', 'openai'], auto)).toBe(secret)
    const keyring = { ...noKeyring, CODI_CREDENTIAL_STORE: 'keyring' }
    expect(await store(['set', 'xai', secret], keyring)).toMatch(
      /^failed: The keyring cannot be used.*set credentialStore to file$/,
    )
  })
})

const reason = noSecretService === undefined ? '' : ` (${noSecretService})`

describe.skipIf(noSecretService !== undefined)(`with a real Secret Service${reason}`, () => {
  test('the secret lies there alone, until a passphrase takes it into the file', async () => {
    await using service = await openSecretService(
      async (env) => (await store(['probe'], env)) === 'works',
    )
    const env = { ...service.env, CODI_CREDENTIAL_STORE: 'auto' }
    expect(await store(['set', 'openai', secret], env)).toContain('"place":"keyring"')
    expect(file()).not.toContain('box')
    expect(await store(['token', 'openai'], env)).toBe(secret)
    expect(await store(['token', 'openai'], { ...env, ...noKeyring })).toMatch(
      /^failed: The keyring did not read/,
    )

    await store(['set', 'xai', secret], env)
    expect(await store(['remove', 'xai'], env)).toBe('true')

    await store(['passphrase', 'correct horse'], env)
    const open = { ...noKeyring, CODI_PASSPHRASE: 'correct horse' }
    expect(await store(['token', 'openai'], open)).toBe(secret)
    expect(await store(['list'], open)).toContain('"place":"file"')
  })

  test('a credential that somebody took out of it is said to be gone', async () => {
    await using service = await openSecretService(
      async (env) => (await store(['probe'], env)) === 'works',
    )
    const env = { ...service.env, CODI_CREDENTIAL_STORE: 'keyring' }
    await store(['set', 'openai', secret], env)
    await using other = await openSecretService(
      async (its) => (await store(['probe'], its)) === 'works',
    )
    expect(await store(['token', 'openai'], { ...env, ...other.env })).toBe(
      'failed: The keyring no longer holds the credential of openai: codi login openai',
    )
  })
})
