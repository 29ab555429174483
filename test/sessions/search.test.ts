/** Full text over all sessions: parts of names, scripts without spaces, filters, and nothing secret in what is shown. */
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionStore } from '../../src/sessions/store.ts'
import { about, calls, openStoreBench, result, said, user } from './support.ts'

function withNote(text: string, note: string) {
  const content = [text, note].map((part) => ({ type: 'text' as const, text: part }))
  return { type: 'message' as const, message: { role: 'user' as const, content } }
}

function fill(store: SessionStore) {
  const shop = store.create(about)
  shop.append(user('Why does parseHttpHeader fail on retry_after_ms?'))
  shop.append(withNote('and again', '<undo>the user took back the changes of marimba.ts</undo>'))
  shop.append(calls('c1'))
  shop.append(result('c1', 'only the output of a command says xylophone'))
  shop.append(said('In `src/net/http-header.ts`: Größe and 日本語の文字列 are cut.'))
  const other = store.create({ ...about, cwd: '/other' })
  other.append(user('retry everything, "quoted words" too; 100% sure'))
  return { shop, other }
}

describe('a search', () => {
  for (const [what, text, found] of [
    ['a part of a camel-case name', 'httphead', 'shop'],
    ['a part of a snake-case name', 'after_ms', 'shop'],
    ['a path', 'src/net/http-header.ts', 'shop'],
    ['what a call was asked to do', 'run c1', 'shop'],
    ['words without spaces', '日本語', 'shop'],
    ['two characters of them', '文字', 'shop'],
    ['letters with marks, in any case', 'GRÖSSE', undefined],
    ['letters with marks', 'größe', 'shop'],
    ['words in quotes as they stand', '"quoted words"', 'other'],
    ['what SQL and its search take for signs', '100%', 'other'],
    ['operators of its search as plain words', 'retry NOT sure', undefined],
    ['all words, in one message', 'parseHttpHeader fail', 'shop'],
    ['words of two messages', 'parseHttpHeader Größe', undefined],
    ['what only a command printed', 'xylophone', undefined],
    ['what codi told the model behind a prompt', 'marimba', undefined],
  ] as const) {
    test(`for ${what}: ${text}`, () => {
      using bench = openStoreBench()
      const store = bench.open()
      const sessions = fill(store)
      const ids = store.search(text).map(({ summary }) => summary.id)
      expect(ids).toEqual(found === undefined ? [] : [sessions[found].id])
    })
  }

  test('finds the newest first, by directory, by age, in the archive', () => {
    using bench = openStoreBench()
    const store = bench.open()
    const { shop, other } = fill(store)
    const ids = (options?: Parameters<SessionStore['search']>[1]) =>
      store.search('retry', options).map(({ summary }) => summary.id)
    expect(ids()).toEqual([other.id, shop.id])
    expect(ids({ cwd: '/w' })).toEqual([shop.id])
    expect(ids({ limit: 1 })).toEqual([other.id])
    expect(ids({ since: Date.now() + 1000 })).toEqual([])
    store.archive(other.id, true)
    expect(ids()).toEqual([shop.id])
    expect(ids({ archived: 'with' })).toEqual([other.id, shop.id])
    expect(() => store.search('  ')).toThrow('nothing to search for')
  })

  test('shows where it was found, and nothing that is masked', () => {
    using bench = openStoreBench()
    const store = bench.open()
    const session = store.create(about)
    session.append(
      user(`${'before '.repeat(50)}the needle of sk-hidden here${' after'.repeat(50)}`),
    )
    const mask = (text: string) => text.replaceAll('sk-hidden', '[masked]')
    const [hit] = store.search('needle', { mask })
    expect(hit?.hits[0]?.snippet).toContain('the needle of [masked] here')
    expect(hit?.hits[0]?.snippet.length).toBeLessThan(220)
    expect(store.search('sk-hidden', { mask })).toEqual([])
  })

  test('knows what another process added, and forgets what was removed', () => {
    using bench = openStoreBench()
    const store = bench.open()
    fill(store)
    expect(store.search('haystack')).toEqual([])
    const elsewhere = bench.open()
    const session = elsewhere.create(about)
    session.append(user('a haystack'))
    expect(store.search('haystack')).toHaveLength(1)
    session.close()
    elsewhere.remove(session.id)
    expect(store.search('haystack')).toEqual([])
    const raw = new Database(bench.path, { readonly: true })
    expect(raw.query("SELECT count(*) AS n FROM words WHERE words MATCH 'haystack'").get()).toEqual(
      {
        n: 0,
      },
    )
    raw.close()
  })
})

describe('what is removed by age or size', () => {
  function many(store: SessionStore): string[] {
    return [1, 2, 3, 4].map((number) => {
      const coming = store.import(about)
      const at = Date.now() - (5 - number) * 10 * 86_400_000
      coming.add({ ...user(`s${number} ${'x'.repeat(1000)}`), id: 1, parent: null, at })
      return coming.end()
    })
  }

  test('is the oldest, not what has a name or lies in the archive unless asked', () => {
    using bench = openStoreBench()
    const store = bench.open()
    const [a = '', b = '', c = '', d = ''] = many(store)
    store.rename(a, 'kept')
    store.archive(b, true)
    const going = (options: Parameters<SessionStore['prune']>[0]) =>
      store.prune({ dryRun: true, ...options }).map(({ id }) => id)
    expect(going({ olderThanDays: 15 })).toEqual([c])
    expect(going({ olderThanDays: 15, named: true, archived: true })).toEqual([a, b, c])
    expect(going({ toBytes: 3500 })).toEqual([c])
    expect(going({ toBytes: 0 })).toEqual([c, d])
    expect(going({ olderThanDays: 15, cwd: '/elsewhere' })).toEqual([])
    expect(store.list({ archived: 'with' })).toHaveLength(4)
    expect(store.prune({ olderThanDays: 15 }).map(({ id }) => id)).toEqual([c])
    expect(store.list({ archived: 'with' })).toHaveLength(3)
  })
})

test('what is removed is nowhere in the files any more', () => {
  using bench = openStoreBench()
  const store = bench.open()
  const session = store.create(about)
  session.append(user(`a very private word ${'x'.repeat(6000)}`))
  session.close()
  store.create(about).append(user('stays'))
  expect(store.search('private')).toHaveLength(1)
  store.remove(session.id)
  store.close()
  for (const name of readdirSync(bench.directory)) {
    const path = join(bench.directory, name)
    if (statSync(path).isFile()) expect(readFileSync(path).includes('private')).toBe(false)
  }
})

describe('a clock that jumps', () => {
  test('does not turn the order round, neither of entries nor of sessions', () => {
    using bench = openStoreBench()
    const program = (year: number) => `
      const real = Date.now
      Date.now = () => new Date('${year}-03-01T12:00:00Z').getTime()
      const { openSessionStore } = await import(${JSON.stringify(join(import.meta.dir, '../../src/sessions/store.ts'))})
      const store = openSessionStore({ path: ${JSON.stringify(bench.path)}, notice(text) { console.log(text) } })
      const old = store.list()[0]
      if (old) { const session = store.resume(old.id); session.append(${JSON.stringify(user('again'))}); session.close() }
      store.create(${JSON.stringify(about)}).append(${JSON.stringify(user(`in ${'YEAR'}`))})
      store.close()
    `
    for (const year of [2031, 1999, 2025]) {
      const ran = Bun.spawnSync([process.execPath, '-e', program(year)])
      expect([ran.stdout.toString(), ran.stderr.toString()]).toEqual(['', ''])
    }
    const store = bench.open()
    const list = store.list()
    expect(list.map(({ createdAt }) => new Date(createdAt).getFullYear())).toEqual([
      2025, 1999, 2031,
    ])
    const [, , first] = list
    const entries = [...store.open(first?.id ?? '').path()]
    expect(entries.map(({ id }) => id)).toEqual([1, 2])
    expect((entries[1]?.at ?? 0) < (entries[0]?.at ?? 0)).toBe(true)
    expect(first?.updatedAt).toBe(entries[0]?.at ?? 0)
    expect(new Set(list.map(({ id }) => id)).size).toBe(3)
  })
})
