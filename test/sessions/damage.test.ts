/** Files with pages that are gone, in the middle of work too: what can be read is carried over, and it is said. */
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { about, openStoreBench, type StoreBench, said, texts, user } from './support.ts'

const pageBytes = 4096

/** Some hundred entries in three sessions, all in the main file. */
function fill(bench: StoreBench): string[] {
  const store = bench.open()
  const ids = [1, 2, 3].map((number) => {
    const coming = store.import({ ...about, cwd: `/w${number}` })
    for (let step = 0; step < 100; step++) {
      const question = user(`question ${number}.${step} ${'x'.repeat(300)}`)
      const answer = said(`answer ${number}.${step} ${'y'.repeat(300)}`, 0.01)
      const id = step * 2 + 1
      coming.add({ ...question, id, parent: id - 1 || null, at: 1e12 + id })
      coming.add({ ...answer, id: id + 1, parent: id, at: 1e12 + id })
    }
    return coming.end()
  })
  store.close()
  return ids
}

/** Where its rows lie. */
function entryPages(path: string): number[] {
  return leafPages(path, 'entries')
}

function leafPages(path: string, table: string): number[] {
  const database = new Database(path, { readonly: true })
  const pages = database
    .query<{ pageno: number }, [string]>(
      "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno",
    )
    .all(table)
  database.close()
  return pages.map((row) => row.pageno)
}

function spoil(path: string, pages: readonly number[]): void {
  const fd = openSync(path, 'r+')
  for (const page of pages)
    writeSync(fd, Buffer.alloc(pageBytes, 0xab), 0, pageBytes, (page - 1) * pageBytes)
  closeSync(fd)
}

const setAside = (bench: StoreBench) =>
  readdirSync(bench.directory).filter(
    (name) => name.includes('.damaged-') && !name.endsWith('-wal') && !name.endsWith('-shm'),
  )

describe('a file with pages that cannot be read', () => {
  test('gives up the entries on these pages and no others', () => {
    using bench = openStoreBench()
    const ids = fill(bench)
    const pages = entryPages(bench.path)
    spoil(bench.path, [pages[3] ?? 0, pages[20] ?? 0])
    const store = bench.open()
    const report = store.repair()
    expect(report.lost).toBe(true)
    expect(report.sessions).toBe(3)
    expect(report.entries).toBeGreaterThan(560)
    expect(report.entries).toBeLessThan(603)
    expect(
      store
        .list()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids.toSorted())
    expect(setAside(bench)).toHaveLength(1)
    expect(bench.notices.join()).toContain('was damaged: it was set aside as')
    // The conversation goes on from what is there.
    const session = store.resume(ids[2] ?? '')
    session.append(user('on'))
    expect(texts(session).at(-1)).toBe('on')
    expect(bench.open().repair()).toMatchObject({ lost: false })
  })

  test('is replaced in the middle of a conversation, which goes on', () => {
    using bench = openStoreBench()
    const ids = fill(bench)
    const store = bench.open()
    const session = store.resume(ids[0] ?? '')
    session.append(user('before'))
    store.close()
    spoil(bench.path, entryPages(bench.path).slice(-3))
    const again = bench.open().resume(ids[0] ?? '')
    for (let step = 0; step < 20; step++) again.append(user(`after ${step}`))
    const heard = texts(again)
    expect(heard.filter((text) => text.startsWith('after'))).toHaveLength(20)
    expect(again.unkept).toBe(0)
    expect(texts(bench.open().open(again.id))).toEqual(heard)
    expect(bench.notices.filter((text) => text.includes('damaged'))).toHaveLength(1)
  })

  test('that lost its end gives up what stood there and no more', () => {
    using bench = openStoreBench()
    fill(bench)
    const half = Math.floor(statSync(bench.path).size / pageBytes / 2)
    const left = entryPages(bench.path).filter((page) => page <= half).length
    truncateSync(bench.path, half * pageBytes)
    const store = bench.open()
    expect(store.list().length).toBeGreaterThan(0)
    expect(store.repair().entries).toBeGreaterThan(left * 2)
    const session = store.create(about)
    session.append(user('works'))
    expect(store.list().some(({ id }) => id === session.id)).toBe(true)
  })

  test('that lost all but its head is given up at once', () => {
    using bench = openStoreBench()
    fill(bench)
    truncateSync(bench.path, pageBytes)
    const store = bench.open()
    expect(store.list()).toEqual([])
    expect(bench.notices.join()).toContain('was damaged: it was set aside as')
    const session = store.create(about)
    session.append(user('works'))
    expect(texts(bench.open().open(session.id))).toEqual(['works'])
  })

  test('that is none at all is set aside whole', () => {
    using bench = openStoreBench()
    writeFileSync(bench.path, 'no database, but long enough to look like one '.repeat(200))
    const session = bench.open().create(about)
    session.append(user('works'))
    expect(texts(bench.open().open(session.id))).toEqual(['works'])
    expect(setAside(bench)).toHaveLength(1)
  })
})

test('whatever is wrong with the file, the conversation that goes on is whole, and is told of once', () => {
  let seed = 5
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * below)
  }
  using source = openStoreBench()
  fill(source)
  const size = statSync(source.path).size
  for (let round = 0; round < 15; round++) {
    using bench = openStoreBench()
    copyFileSync(source.path, bench.path)
    const fd = openSync(bench.path, 'r+')
    for (let hole = 0; hole <= random(4); hole++) {
      const bytes = Buffer.from(Array.from({ length: 4096 }, () => random(256)))
      const length = [1, 16, 512, 4096][random(4)] ?? 1
      writeSync(fd, bytes, 0, length, random(size - length))
    }
    closeSync(fd)
    const store = bench.open()
    const session = store.create(about)
    const wanted = [1, 2, 3].map((number) => `new ${number}`)
    for (const text of wanted) session.append(user(text))
    for (const { id } of store.list()) store.open(id).messages()
    store.search('answer')
    store.repair()
    expect({ round, texts: texts(store.open(session.id)) }).toEqual({ round, texts: wanted })
    expect(store.summary(session.id).cwd).toBe('/w')
    expect(bench.open().repair().lost).toBe(false)
  }
})

test('a process whose file another one replaced goes on in the new one, with all it wrote', () => {
  using bench = openStoreBench()
  fill(bench)
  const mine = bench.open().create(about)
  mine.append(user('one'))
  const other = bench.open()
  spoil(bench.path, entryPages(bench.path).slice(5, 7))
  other.repair()
  // Until it notices, it writes to the file that was set aside.
  mine.append(user('two'))
  mine.append(user('three'))
  expect(texts(mine)).toEqual(['one', 'two', 'three'])
  expect(texts(bench.open().open(mine.id))).toEqual(['one', 'two', 'three'])
})

test('a store that somebody deleted meanwhile is made anew with the conversation that goes on', () => {
  using bench = openStoreBench()
  const session = bench.open().create(about)
  session.append(user('one'))
  for (const name of readdirSync(bench.directory))
    rmSync(join(bench.directory, name), { recursive: true })
  session.append(user('two'))
  expect(texts(bench.open().open(session.id))).toEqual(['one', 'two'])
  expect(bench.open().list()).toMatchObject([{ messages: 2, label: 'one' }])
})

test('a search index that is damaged is made anew by a repair, and nothing is lost', () => {
  using bench = openStoreBench()
  fill(bench)
  const store = bench.open()
  expect(store.search('"answer 2.77"')).toHaveLength(1)
  store.close()
  // The tail of a page holds what lies in the rows, not where they are.
  const fd = openSync(bench.path, 'r+')
  for (const page of leafPages(bench.path, 'words_data'))
    writeSync(fd, Buffer.alloc(900, 0xff), 0, 900, page * pageBytes - 900)
  closeSync(fd)
  const again = bench.open()
  again.search('"answer 2.77"')
  expect(again.repair()).toMatchObject({ lost: false, entries: 603 })
  expect(again.search('"answer 2.77"')).toHaveLength(1)
})

describe('repair', () => {
  test('of a sound store says so, and makes the list again from the entries', () => {
    using bench = openStoreBench()
    const ids = fill(bench)
    const store = bench.open()
    store.rename(ids[0] ?? '', 'kept name')
    store.archive(ids[1] ?? '', true)
    const before = store.list({ archived: 'with' })
    const raw = new Database(bench.path)
    raw.run("UPDATE sessions SET label = 'wrong', messages = 0, cost = 99, name = ''")
    raw.run('DELETE FROM sessions WHERE rowid = 2')
    raw.close()
    expect(store.list({ archived: 'with' })).not.toEqual(before)
    const report = store.repair()
    expect(report).toMatchObject({ lost: false, sessions: 3, entries: 605 })
    expect(report.lines[0]).toBe('The file is sound')
    expect(store.list({ archived: 'with' })).toEqual(before)
    expect(store.search('"answer 2.77"', { archived: 'with' })[0]?.count).toBe(1)
  })

  test('tells of a session that lost its beginning, and keeps the rest of it', () => {
    using bench = openStoreBench()
    const [id = ''] = fill(bench)
    const raw = new Database(bench.path)
    raw.query('DELETE FROM entries WHERE session_id = ? AND id < 3').run(id)
    raw.query("UPDATE entries SET body = '{bro' WHERE session_id = ? AND id = 10").run(id)
    raw.close()
    const store = bench.open()
    const report = store.repair()
    expect(report.lost).toBe(true)
    expect(report.lines.join('\n')).toContain(`The beginning is lost of ${id}`)
    expect(report.lines.join('\n')).toContain('1 entry cannot be read')
    expect(texts(store.open(id))).toHaveLength(197)
    // Once it was told, it is no news.
    expect(store.repair().lost).toBe(false)
    expect(store.summary(id).cwd).toBe('/w1')
  })

  test('removes an import that was broken off', () => {
    using bench = openStoreBench()
    const store = bench.open()
    const coming = store.import(about)
    for (let id = 1; id <= 600; id++)
      coming.add({ ...user(`m${id}`), id, parent: id - 1 || null, at: id })
    expect(store.repair().sessions).toBe(1)
    store.close()
    const program = `
      import { openSessionStore } from ${JSON.stringify(join(import.meta.dir, '../../src/sessions/store.ts'))}
      const coming = openSessionStore({ path: ${JSON.stringify(bench.path)}, notice() {} }).import(${JSON.stringify(about)})
      for (let id = 1; id <= 600; id++)
        coming.add({ ...${JSON.stringify(user('m'))}, id, parent: id - 1 || null, at: id })
      process.kill(process.pid, 'SIGKILL')
    `
    Bun.spawnSync([process.execPath, '-e', program])
    coming.cancel()
    const again = bench.open()
    expect(again.repair()).toMatchObject({ sessions: 0, lost: false })
  })
})

test('what is imported keeps its ids, its tree and its times, and is one session with the same words', () => {
  using bench = openStoreBench()
  const store = bench.open()
  const source = store.create(about)
  source.append(user('one'))
  const answer = source.append(said('1', 0.5))
  source.append(user('two'))
  source.moveHead(answer.id)
  source.append(user('other'))
  source.append({ type: 'name', text: 'Tree' })
  const coming = store.import(about)
  for (const entry of source.entries()) coming.add(entry)
  const copy = store.open(coming.end())
  expect([...copy.entries()]).toEqual([...source.entries()])
  expect(texts(copy)).toEqual(['one', '1', 'other'])
  expect(store.summary(copy.id)).toMatchObject({ name: 'Tree', messages: 4, costUsd: 0.5 })
})

test('what is imported out of order is numbered anew, with what refers to it', () => {
  using bench = openStoreBench()
  const store = bench.open()
  const coming = store.import({ ...about, id: 'mine' })
  coming.add({
    type: 'session',
    ...about,
    importedFrom: { program: 'pi', id: 'x1' },
    id: 90,
    parent: null,
    at: 1,
  })
  coming.add({ ...user('a'), id: 70, parent: null, at: 2 })
  coming.add({ ...said('b'), id: 30, parent: 70, at: 3 })
  coming.add({ ...user('c'), id: 20, parent: 30, at: 4 })
  coming.add({ type: 'head', entry: 30, id: 10, parent: null, at: 5 })
  expect(coming.end()).toBe('mine')
  expect(texts(store.open('mine'))).toEqual(['a', 'b'])
  expect(store.importedAs('pi', 'x1')).toBe('mine')
  expect(store.importedAs('pi', 'x2')).toBeUndefined()
  expect(store.import({ ...about, id: 'mine' }).id).not.toBe('mine')
})

test('an id that would lead out of its directory is refused', () => {
  using bench = openStoreBench()
  const store = bench.open()
  for (const id of ['..', '../x', 'a/b', '', '.', 'a b'])
    expect(() => store.import({ ...about, id })).toThrow('cannot be the id of a session')
})
