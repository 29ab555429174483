/** Postings in segments: what an edit costs, what merging keeps, what a kill leaves behind. */
import { Database } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { makeSearchable, type Searchable } from './searchable.ts'

function rows<Row>(project: Searchable, sql: string): Row[] {
  const database = new Database(join(project.directory, 'search.db'))
  try {
    return database.query<Row, []>(sql).all()
  } finally {
    database.close()
  }
}

const count = (project: Searchable, sql: string) =>
  rows<{ count: number }>(project, `SELECT count(*) AS count FROM ${sql}`)[0]?.count ?? 0

const vowels = ['ba', 'ke', 'li', 'mo', 'nu', 'pa', 're', 'si', 'to', 'vu']
/** A word of its own for each number. */
const word = (at: number) => [...String(at + 100)].map((digit) => vowels[Number(digit)]).join('')

function files(amount: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: amount }, (_, at) => [
      `src/f${at}.ts`,
      `export function ${word(at)}Handler(input: string) {\n  return input + '${word(at)} message'\n}\n`,
    ]),
  )
}

test('an edit writes its own file only, and the rest keeps its chunks', async () => {
  const project = makeSearchable(files(300))
  await project.update()
  const before = rows<{ id: number; key: string }>(
    project,
    "SELECT c.id, d.path AS key FROM chunks c JOIN docs d ON d.id = c.doc_id WHERE d.path <> 'src/f7.ts'",
  )
  project.write('src/f7.ts', 'export function parachute() {\n  return 1\n}\n')
  expect(await project.update()).toMatchObject({ chunks: 300, embedded: 1, removed: 1 })
  expect(
    rows<{ id: number; key: string }>(
      project,
      "SELECT c.id, d.path AS key FROM chunks c JOIN docs d ON d.id = c.doc_id WHERE d.path <> 'src/f7.ts'",
    ),
  ).toEqual(before)
  expect((await project.search('parachute'))[0]?.symbol).toBe('parachute')
  expect((await project.search(`${word(7)} handler`))[0]?.symbol).not.toBe(`${word(7)}Handler`)
})

test('a chunk that says the same keeps its vector when its file is edited elsewhere', async () => {
  const first = 'export function harvestApples() {\n  return 1\n}\n'
  const project = makeSearchable({
    'a.ts': `${first}\nexport function second() {\n  return 2\n}\n`,
  })
  await project.update()
  project.write('a.ts', `// a line above\n\n\n${first}\nexport function third() {\n  return 3\n}\n`)
  expect(await project.update()).toMatchObject({ chunks: 2, embedded: 1, removed: 1 })
  expect((await project.search('harvest apples'))[0]).toMatchObject({ line: 4, endLine: 6 })
})

describe('callers of a function are words of it', () => {
  const project = makeSearchable({
    'lib/inner.ts': 'export function qx(value: number) {\n  return value + 1\n}\n',
    'lib/other.ts': 'export function zz(value: number) {\n  return value + 2\n}\n',
    'app/invoice.ts':
      "import { qx } from '../lib/inner.ts'\nexport function archiveInvoice() {\n  return qx(1)\n}\n",
  })

  test('a function is found by who calls it', async () => {
    await project.update()
    const paths = (await project.search('archive invoice')).map((hit) => hit.path)
    expect(paths).toContain('lib/inner.ts')
    expect(paths.indexOf('lib/inner.ts')).toBeLessThan(
      paths.includes('lib/other.ts') ? paths.indexOf('lib/other.ts') : Number.POSITIVE_INFINITY,
    )
  })

  test('a caller that is edited takes its words to the one that it calls now', async () => {
    const callers = () =>
      rows<{ path: string; callers: number }>(
        project,
        `SELECT d.path, c.callers FROM chunks c JOIN docs d ON d.id = c.doc_id
         WHERE d.path LIKE 'lib/%' ORDER BY d.path`,
      ).map((row) => [row.path, row.callers !== 0])
    expect(callers()).toEqual([
      ['lib/inner.ts', true],
      ['lib/other.ts', false],
    ])
    project.write(
      'app/invoice.ts',
      "import { zz } from '../lib/other.ts'\nexport function archiveInvoice() {\n  return zz(1)\n}\n",
    )
    await project.update()
    expect(callers()).toEqual([
      ['lib/inner.ts', false],
      ['lib/other.ts', true],
    ])
    project.remove('app/invoice.ts')
    await project.update()
    expect(callers()).toEqual([
      ['lib/inner.ts', false],
      ['lib/other.ts', false],
    ])
  })
})

describe('many edits', () => {
  test('segments stay few, the dead go, and every answer is that of a fresh index', async () => {
    const project = makeSearchable(files(120))
    await project.update()
    for (let round = 0; round < 40; round++) {
      project.write(
        `src/f${round}.ts`,
        `export function ${word(round + 500)}Handler(input: string) {\n  return input + '${word(round + 500)} message'\n}\n`,
      )
      await project.update()
    }
    expect(count(project, 'segments')).toBeLessThanOrEqual(8)
    expect(count(project, 'dead')).toBeLessThan(40)
    const fresh = makeSearchable(
      Object.fromEntries(
        Array.from({ length: 120 }, (_, at) => {
          const name = word(at < 40 ? at + 500 : at)
          return [
            `src/f${at}.ts`,
            `export function ${name}Handler(input: string) {\n  return input + '${name} message'\n}\n`,
          ]
        }),
      ),
    )
    await fresh.update()
    for (const text of [`${word(505)} handler`, `${word(77)} message`, `handler of ${word(539)}`]) {
      const symbols = async (of: Searchable) => (await of.search(text, { limit: 1 }))[0]?.symbol
      expect(await symbols(project)).toBe(await symbols(fresh))
    }
  })

  test('nothing is left of files that were all replaced, ten times', async () => {
    const project = makeSearchable(files(60))
    await project.update()
    const postings = count(project, 'postings')
    for (let round = 0; round < 10; round++) {
      for (let at = 0; at < 60; at++)
        project.write(
          `src/f${at}.ts`,
          `// round ${round}\nexport function ${word(at)}Handler(input: string) {\n  return input + '${word(at)} message ${round}'\n}\n`,
        )
      await project.update()
    }
    expect(count(project, 'chunks')).toBe(60)
    // The words `round` and its number are new.
    expect(count(project, 'postings')).toBeLessThan(postings * 1.5)
    expect(count(project, 'dead')).toBe(0)
  })
})

test('postings of a merge that was cut off are swept by the next update', async () => {
  const project = makeSearchable(files(10))
  await project.update()
  const database = new Database(join(project.directory, 'search.db'))
  const last = Number(
    database.query<{ value: string }, []>("SELECT value FROM meta WHERE key = 'last_segment'").get()
      ?.value,
  )
  database.run("UPDATE meta SET value = ? WHERE key = 'last_segment'", [String(last + 1)])
  for (let term = 1; term <= 5; term++)
    database.run('INSERT INTO postings (key, data) VALUES (?, ?)', [
      (last + 1) * 2 ** 32 + term,
      new Uint8Array(4),
    ])
  database.close()
  project.write('src/f1.ts', 'export function parachute() {\n  return 1\n}\n')
  await project.update()
  expect(count(project, `postings WHERE key / 4294967296 = ${last + 1}`)).toBe(0)
  expect((await project.search('parachute'))[0]?.symbol).toBe('parachute')
})

test('a search between the slices of an update sees what is written so far', async () => {
  const project = makeSearchable(files(20))
  await project.update()
  for (let at = 0; at < 700; at++)
    project.write(
      `src/more${at}.ts`,
      Array.from(
        { length: 5 },
        (_, which) =>
          `export function more${word(at)}${which}() {\n  return 'more of ${word(at)}'\n}\n`,
      ).join('\n'),
    )
  await project.index.update({})
  let done = false
  const update = project.vectors.update({}).finally(() => {
    done = true
  })
  let answers = 0
  while (!done) {
    const [hit] = await project.search(`${word(3)} handler`, { limit: 1 })
    expect(hit?.symbol).toBe(`${word(3)}Handler`)
    if (!done) answers++
    await new Promise(setImmediate)
  }
  await update
  expect(answers).toBeGreaterThan(1)
  expect((await project.search(`more ${word(699)}`))[0]?.path).toBe('src/more699.ts')
})

test('the lease of a process that is gone is taken over at once', async () => {
  const project = makeSearchable(files(3))
  await project.update()
  const child = Bun.spawn(['true'])
  await child.exited
  const database = new Database(join(project.directory, 'search.db'))
  database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('updater', ?)", [
    JSON.stringify({ holder: 'someone', pid: child.pid, at: Date.now() }),
  ])
  database.close()
  project.write('src/f1.ts', 'export function parachute() {\n  return 1\n}\n')
  expect(await project.update()).toMatchObject({ embedded: 1 })
})

test('an update that waits for another process can be cancelled', async () => {
  const project = makeSearchable(files(3))
  await project.update()
  const database = new Database(join(project.directory, 'search.db'))
  database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('updater', ?)", [
    JSON.stringify({ holder: 'someone', pid: process.pid, at: Date.now() }),
  ])
  database.close()
  project.write('src/f1.ts', 'export function parachute() {\n  return 1\n}\n')
  await project.index.update({})
  const controller = new AbortController()
  const update = project.vectors.update({}, controller.signal)
  controller.abort()
  await expect(update).rejects.toMatchObject({ kind: 'cancelled' })
})
