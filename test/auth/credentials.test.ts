import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CredentialsOptions, openCredentials } from '../../src/auth/credentials.ts'
import { CodiError } from '../../src/base/errors.ts'
import type { OAuthCredential } from '../../src/contract/auth.ts'

const secret = 'sk-live-0123456789abcdefghij'
const storeProcess = join(import.meta.dir, '../support/store-process.ts')
let directory: string
let notices: string[]

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'codi-credentials-')), 'data')
  notices = []
})
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

function open(more: Partial<CredentialsOptions> = {}) {
  return openCredentials({
    directory,
    place: 'file',
    fetch: () => Promise.reject(new Error('nothing is asked here')),
    notice: (text) => void notices.push(text),
    ...more,
  })
}

const file = () => join(directory, 'credentials')
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
const asides = () => readdirSync(directory).filter((name) => name.includes('.damaged-'))

const oauth: OAuthCredential = {
  kind: 'oauth',
  accessToken: 'access-token-0123456789',
  refreshToken: 'refresh-token-0123456789',
  expiresAt: 9_000_000_000_000,
  clientId: 'codi',
  tokenUrl: 'https://login.example/token',
  account: 'ada',
}

describe('the store in a file', () => {
  test('gives back what it was given, to another process too, until it is removed', async () => {
    const store = open()
    expect(await store.list()).toEqual([])
    expect(await store.get('openai')).toBeUndefined()
    expect(await store.remove('openai')).toBe(false)
    expect(await store.get('constructor')).toBeUndefined()
    await store.set('openai', { kind: 'key', key: secret, baseUrl: 'https://proxy.example/v1' })
    await store.set('mcp:demo', oauth)
    expect(await open().get('openai')).toEqual({
      kind: 'key',
      key: secret,
      baseUrl: 'https://proxy.example/v1',
    })
    expect(await open().get('mcp:demo')).toEqual(oauth)
    expect(await open().accessToken('openai')).toBe(secret)
    expect((await store.list()).map(({ name }) => name).sort()).toEqual(['mcp:demo', 'openai'])
    expect(await store.remove('openai')).toBe(true)
    expect(await open().get('openai')).toBeUndefined()
    expect(notices).toEqual([])
  })

  test('lists without secrets: at most the last four characters of a long key', async () => {
    const store = open()
    await store.set('openai', { kind: 'key', key: secret })
    await store.set('short', { kind: 'key', key: 'tiny-key' })
    await store.set('demo', oauth)
    const rows = JSON.stringify(await store.list())
    expect(rows).toContain('"hint":"ghij"')
    expect(rows).not.toMatch(/sk-live|tiny|-key"|access-token|refresh-token/)
  })

  test('holds no secret in plain text, and is private', async () => {
    const store = open()
    await store.set('openai', { kind: 'key', key: secret })
    await store.set('demo', oauth)
    const text = readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), 'latin1'))
      .join()
    expect(text).not.toMatch(/sk-live|access-token|refresh-token/)
    expect(modeOf(directory)).toBe('700')
    for (const name of ['credentials', 'credentials.key']) {
      expect(modeOf(join(directory, name))).toBe('600')
    }
  })

  test('narrows what others could read, and says so', async () => {
    await open().set('openai', { kind: 'key', key: secret })
    chmodSync(file(), 0o644)
    chmodSync(join(directory, 'credentials.key'), 0o640)
    expect(await open().accessToken('openai')).toBe(secret)
    expect(modeOf(file())).toBe('600')
    expect(modeOf(join(directory, 'credentials.key'))).toBe('600')
    expect(notices.join('\n')).toMatch(/mode 644[\s\S]*mode 640/)
  })

  test('sets a damaged file aside, says so, and begins anew', async () => {
    for (const damage of ['', '{"format": "codi.credentials/1"', '[]', '{"format":"other"}']) {
      await open().set('openai', { kind: 'key', key: secret })
      writeFileSync(file(), damage)
      notices = []
      expect(await open().list()).toEqual([])
      expect(notices.join()).toContain('set aside as')
      expect(readFileSync(join(directory, asides()[0] ?? ''), 'utf8')).toBe(damage)
      await open().set('openai', { kind: 'key', key: 'again-0123456789' })
      expect(await open().accessToken('openai')).toBe('again-0123456789')
      for (const name of asides()) rmSync(join(directory, name))
    }
  })

  test('does not use an entry that was changed: box, row or name', async () => {
    const changes: ((text: string) => string)[] = [
      (text) => text.replace(/"box": "...../, '"box": "AAAAA'),
      (text) => text.replace('"kind": "key",', '"kind": "key", "baseUrl": "https://evil.example",'),
      (text) => text.replace('"openai"', '"other"'),
    ]
    for (const change of changes) {
      await open().set('openai', { kind: 'key', key: secret })
      writeFileSync(file(), change(readFileSync(file(), 'utf8')))
      const name = (await open().list())[0]?.name ?? ''
      await expect(open().accessToken(name)).rejects.toMatchObject({
        kind: 'credentials',
        message: expect.stringMatching(/was changed by something else.*set aside.*codi login/),
      })
      expect(await open().list()).toEqual([])
      expect(asides()).toHaveLength(1)
      for (const aside of asides()) rmSync(join(directory, aside))
    }
  })

  test('never gives out anything else than what was stored, whichever byte is damaged', async () => {
    await open().set('openai', { kind: 'key', key: secret })
    const bytes = readFileSync(file())
    let refused = 0
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = ((damaged[at] ?? 0) + 1 + (at % 90)) % 256
      writeFileSync(file(), damaged)
      const got = await open()
        .get('openai')
        .catch((thrown: unknown) => {
          expect(thrown).toBeInstanceOf(CodiError)
          refused++
          return undefined
        })
      if (got !== undefined) expect(got).toEqual({ kind: 'key', key: secret })
      for (const name of asides()) rmSync(join(directory, name))
    }
    expect(refused).toBeGreaterThan(50)
  })

  test('says what is wrong when its key is another one, and starts over after everything is removed', async () => {
    await open().set('openai', { kind: 'key', key: secret })
    writeFileSync(join(directory, 'credentials.key'), Buffer.alloc(32, 7))
    for (const attempt of [
      () => open().get('openai'),
      () => open().set('xai', { kind: 'key', key: 'k' }),
    ])
      await expect(attempt()).rejects.toMatchObject({
        kind: 'credentials',
        message: expect.stringMatching(/is not the key of.*codi logout --all/),
      })
    expect(await open().remove('openai')).toBe(true)
    await open().set('openai', { kind: 'key', key: secret })
    expect(await open().accessToken('openai')).toBe(secret)
  })

  test('leaves alone what a newer codi wrote, and what is no file of its own', async () => {
    await open().set('openai', { kind: 'key', key: secret })
    writeFileSync(file(), '{"format":"codi.credentials/2"}')
    expect(await open().list()).toEqual([])
    expect(notices.join()).toContain('newer codi')
    await expect(open().set('xai', { kind: 'key', key: 'k' })).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('newer codi'),
    })
    expect(readFileSync(file(), 'utf8')).toBe('{"format":"codi.credentials/2"}')
    rmSync(file())
    symlinkSync('/etc/hostname', file())
    await expect(open().get('openai')).rejects.toMatchObject({
      message: expect.stringContaining('no regular file'),
    })
    notices = []
    const store = open()
    for (let look = 0; look < 3; look++) expect(await store.list()).toEqual([])
    expect(notices).toHaveLength(1)
  })

  test('that cannot be looked at is told as such, with what still works', async () => {
    // A name that is too long for the system fails for root, too, unlike a mode.
    const store = open({ directory: join(tmpdir(), 'x'.repeat(300)) })
    expect(await store.list()).toEqual([])
    expect(notices.join()).toMatch(/Stored credentials cannot be read \(.*environment/)
  })

  test('says where it cannot keep anything', async () => {
    const store = open({ directory: '/proc/codi/data' })
    expect(await store.list()).toEqual([])
    await expect(store.set('openai', { kind: 'key', key: secret })).rejects.toMatchObject({
      kind: 'io',
      message: expect.stringMatching(/Cannot keep credentials in \/proc\/codi\/data/),
    })
  })

  test('loses nothing when many processes write at once', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `name${index}`)
    const children = names.map((name) =>
      Bun.spawn([process.execPath, storeProcess, directory, 'set', name, `key-of-${name}`]),
    )
    expect(await Promise.all(children.map((child) => child.exited))).toEqual(names.map(() => 0))
    const stored = await Promise.all(names.map((name) => open().accessToken(name)))
    expect(stored).toEqual(names.map((name) => `key-of-${name}`))
  })
})

describe('a passphrase', () => {
  test('is wanted from then on, and a wrong one is said', async () => {
    await open({ passphrase: 'correct horse' }).set('openai', { kind: 'key', key: secret })
    expect(existsSync(join(directory, 'credentials.key'))).toBe(false)
    expect(await open({ passphrase: 'correct horse' }).accessToken('openai')).toBe(secret)

    const locked = open()
    expect(await locked.isLocked('openai')).toBe(true)
    expect((await locked.list())[0]).toMatchObject({ name: 'openai', passphrase: true })
    await expect(locked.get('openai')).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('CODI_PASSPHRASE'),
    })
    await expect(locked.unlock('wrong horse')).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('not the passphrase'),
    })
    await locked.unlock('correct horse')
    expect(await locked.isLocked('openai')).toBe(false)
    expect(await locked.accessToken('openai')).toBe(secret)
  })

  test('can be set later and changed; what was stored before comes along', async () => {
    await open().set('openai', { kind: 'key', key: secret })
    await open().setPassphrase('first passphrase')
    const second = open({ passphrase: 'first passphrase' })
    await second.set('demo', oauth)
    await second.setPassphrase('second passphrase')
    await expect(open({ passphrase: 'first passphrase' }).get('demo')).rejects.toThrow(
      'not the passphrase',
    )
    const last = open({ passphrase: 'second passphrase' })
    expect(await last.get('openai')).toEqual({ kind: 'key', key: secret })
    expect(await last.get('demo')).toEqual(oauth)
  })

  test('that is forgotten does not keep anybody from starting over', async () => {
    await open({ passphrase: 'forgotten words' }).set('openai', { kind: 'key', key: secret })
    await open().remove('openai')
    await open().set('openai', { kind: 'key', key: secret })
    expect(await open().accessToken('openai')).toBe(secret)
  })

  test('of absurd cost makes the file a damaged one', async () => {
    await open({ passphrase: 'correct horse' }).set('openai', { kind: 'key', key: secret })
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"n": 32768', '"n": 1073741824'))
    expect(await open().list()).toEqual([])
    expect(notices.join()).toContain('set aside')
  })
})
