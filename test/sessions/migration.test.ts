/** Stores of other versions: an older one is brought up to date beside a copy of what it was, a newer one only read. */
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { chmodSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { about, openStoreBench, said, texts, user } from './support.ts'

const version1 = readFileSync(join(import.meta.dir, 'version-1.sql'), 'utf8')

function writeVersion1(path: string): void {
  const database = new Database(path, { create: true })
  database.run('PRAGMA journal_mode = WAL')
  database.run(version1)
  database.close()
}

test('a store of version 1 is brought up to date with everything in it', () => {
  using bench = openStoreBench()
  writeVersion1(bench.path)
  const store = bench.open()
  const list = store.list()
  expect(list).toMatchObject([
    {
      cwd: '/v',
      label: "it's another thing",
      provider: 'anthropic',
      model: 'y',
      messages: 3,
      prompts: 2,
      inputTokens: 106,
      outputTokens: 20,
      costUsd: null,
      unpriced: 1,
    },
    { cwd: '/w', label: 'The shop', model: 'm', messages: 2, calls: 2, costUsd: 0.25 },
  ])
  const [other, shop] = list
  expect(texts(store.resume(shop?.id ?? ''))).toEqual([
    'fix the shop',
    'const a = 1',
    expect.stringContaining('ended before this call was answered'),
  ])
  const resumed = store.resume(other?.id ?? '')
  expect(texts(resumed)).toEqual(["it's another\nthing", 'Done — 完了.', 'more', 'it was being'])
  resumed.append(user('on'))
  expect(bench.open().search('完了')[0]?.summary.id).toBe(resumed.id)
  expect(bench.notices).toEqual([expect.stringContaining('sessions.db.version-1')])
})

test('what it was lies beside it, whole', () => {
  using bench = openStoreBench()
  writeVersion1(bench.path)
  bench.open().list()
  const copy = new Database(`${bench.path}.version-1`, { readonly: true })
  expect(copy.query('SELECT count(*) AS n FROM entries').get()).toEqual({ n: 7 })
  expect(copy.query('PRAGMA user_version').get()).toEqual({ user_version: 1 })
  copy.close()
  expect(readdirSync(bench.directory).filter((name) => name.includes('tmp'))).toEqual([])
})

test('several processes that bring one store up to date at once find it done', async () => {
  using bench = openStoreBench()
  writeVersion1(bench.path)
  const program = `
    import { openSessionStore } from ${JSON.stringify(join(import.meta.dir, '../../src/sessions/store.ts'))}
    const store = openSessionStore({ path: ${JSON.stringify(bench.path)}, notice() {} })
    console.log(store.list().length)
    store.create(${JSON.stringify(about)}).append(${JSON.stringify(user('x'))})
  `
  const children = [1, 2, 3].map(() =>
    Bun.spawn([process.execPath, '-e', program], { stderr: 'inherit' }),
  )
  expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0])
  expect(bench.open().list()).toHaveLength(5)
})

test('a store of a newer codi is listed and read, and nothing is written to it', () => {
  using bench = openStoreBench()
  const first = bench.open()
  const session = first.create(about)
  session.append(user('hello'))
  first.close()
  const raw = new Database(bench.path)
  raw.run('PRAGMA user_version = 99')
  raw.close()
  const store = bench.open()
  expect(store.list()).toMatchObject([{ id: session.id }])
  expect(texts(store.open(session.id))).toEqual(['hello'])
  expect(store.search('hello')).toHaveLength(1)
  expect(() => store.rename(session.id, 'x')).toThrow('written by a newer codi; update this one')
  const mine = store.create(about)
  mine.append(user('question'))
  mine.append(said('answer'))
  expect(texts(mine)).toEqual(['question', 'answer'])
  expect(mine.kept).toBe(false)
  expect(bench.notices).toEqual([expect.stringContaining('written by a newer codi')])
})

test.skipIf(process.getuid?.() === 0)(
  'a directory that takes no writes is listed and read (root may always write)',
  () => {
    using bench = openStoreBench()
    const first = bench.open()
    first.create(about).append(user('hello'))
    first.close()
    chmodSync(bench.path, 0o400)
    chmodSync(bench.directory, 0o500)
    const store = bench.open()
    expect(store.list()).toHaveLength(1)
    chmodSync(bench.directory, 0o700)
  },
)

test.skipIf(process.getuid?.() === 0)(
  'a store that cannot be looked at is not called empty (root may look everywhere)',
  () => {
    using bench = openStoreBench()
    const first = bench.open()
    first.create(about).append(user('hello'))
    first.close()
    chmodSync(bench.directory, 0o000)
    expect(() => bench.open().list()).toThrow('session store')
    chmodSync(bench.directory, 0o700)
  },
)
