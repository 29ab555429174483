import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLedger } from '../../../src/tools/files/file-ledger.ts'
import { openResultStore } from '../../../src/tools/result-store.ts'

const stamp = (text: string) => ({ size: text.length, mtimeNs: '1', hash: 'h', text })

describe('the ledger', () => {
  test('gives back the last stamp of a path', () => {
    const ledger = createLedger()
    expect(ledger.get('/a')).toBeUndefined()
    ledger.record('/a', stamp('one'))
    ledger.record('/a', stamp('two'))
    expect(ledger.get('/a')?.text).toBe('two')
  })

  test('keeps every stamp but only so much text, the oldest going first', () => {
    const ledger = createLedger()
    const text = 'x'.repeat(200 * 1024)
    for (let index = 0; index < 100; index++) ledger.record(`/${index}`, stamp(text))
    const withText = Array.from({ length: 100 }, (_, index) => ledger.get(`/${index}`)).filter(
      (kept) => kept?.text !== undefined,
    )
    expect(withText.length).toBeGreaterThan(10)
    expect(withText.length * text.length).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(ledger.get('/0')).toMatchObject({ hash: 'h' })
    expect(ledger.get('/99')?.text).toBe(text)
  })

  test('does not keep the text of a large file', () => {
    const ledger = createLedger()
    ledger.record('/a', stamp('x'.repeat(300 * 1024)))
    expect(ledger.get('/a')?.text).toBeUndefined()
    expect(ledger.get('/a')?.hash).toBe('h')
  })
})

describe('the result store', () => {
  async function folder(): Promise<AsyncDisposable & { path: string }> {
    const parent = await mkdtemp(join(tmpdir(), 'codi-results-'))
    return {
      path: join(parent, 'results'),
      [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
    }
  }
  const about = { tool: 'bash', callId: 'c' }

  test('creates nothing before something is kept', async () => {
    await using at = await folder()
    const store = openResultStore(at.path)
    expect(store.list()).toEqual([])
    expect(store.path('r1')).toBeUndefined()
    expect(existsSync(at.path)).toBe(false)
  })

  test('keeps texts under short ids that only the user can read', async () => {
    await using at = await folder()
    const store = openResultStore(at.path)
    expect(await store.put('äöü', about)).toBe('r1')
    expect(await store.put('b', { ...about, tool: 'mcp/../x' })).toBe('r2')
    expect(store.list()).toEqual([
      { id: 'r1', tool: 'bash', bytes: 6 },
      { id: 'r2', tool: 'mcp____x', bytes: 1 },
    ])
    expect(await readFile(store.path('r1') ?? '', 'utf8')).toBe('äöü')
    expect((await stat(store.path('R1') ?? '')).mode & 0o077).toBe(0)
    expect((await readdir(at.path)).length).toBe(2)
  })

  test('takes over a file that was written into its directory', async () => {
    await using at = await folder()
    const store = openResultStore(at.path)
    const spill = join(store.directory, 'spill-1')
    await writeFile(spill, 'long output')
    const id = await store.adopt(spill, about)
    expect(await readFile(store.path(id) ?? '', 'utf8')).toBe('long output')
    expect(existsSync(spill)).toBe(false)
    expect((await store.adopt(spill, about).catch((thrown) => thrown)).kind).toBe('not_found')
  })

  test('is found again by a resumed session, and numbers go on', async () => {
    await using at = await folder()
    await openResultStore(at.path).put('one', about)
    const resumed = openResultStore(at.path)
    expect(resumed.list().length).toBe(1)
    expect(await resumed.put('two', about)).toBe('r2')
  })

  test('two writers at once never share an id', async () => {
    await using at = await folder()
    const [a, b] = [openResultStore(at.path), openResultStore(at.path)]
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? a : b).put(`${index}`, about)),
    )
    expect(new Set(ids).size).toBe(40)
    expect(a.list().length).toBe(40)
  })

  test('an unknown or strange id has no path', async () => {
    await using at = await folder()
    const store = openResultStore(at.path)
    await store.put('x', about)
    for (const id of ['r2', '', 'x', '../r1', 'r1.bash.txt', 'r-1']) {
      expect(store.path(id)).toBeUndefined()
    }
  })
})
