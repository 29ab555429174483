/** The ledger in a real file: rows in, sums out, several processes at once, damage. */
import { describe, expect, test } from 'bun:test'
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type UsageRow, type UsageSum, usageGroupings } from '../../src/contract/usage.ts'
import { openUsageStore } from '../../src/usage/store.ts'
import { addSum, noSum } from '../../src/usage/sums.ts'
import { row, temporary } from './rows.ts'

const hour = 3_600_000
const silent = () => undefined

/** Numbers that look random and are the same each time. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

function manyRows(count: number): UsageRow[] {
  const next = sequence(7)
  const one = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T
  return Array.from({ length: count }, (_, at) =>
    row({
      at: Date.UTC(2026, 8, 1) + Math.floor(next() * 80 * 24 * hour),
      session: one(['s1', 's2', null]),
      step: one([1, 2, null]),
      provider: one(['anthropic', 'openai']),
      model: one(['a', 'b', 'c']),
      project: one(['/work/shop', '/work/shop/part', '/work/shopping', '/home/x']),
      purpose: one(['turn', 'summary', 'label']),
      inputTokens: at,
      outputTokens: Math.floor(next() * 5000),
      costUsd: next() < 0.2 ? null : next() * 0.37,
      estimated: next() < 0.1,
      ok: next() < 0.9,
    }),
  )
}

describe('The ledger', () => {
  test('answers a row as it was given, cost to a billionth', () => {
    using place = temporary()
    const store = openUsageStore({ path: place.path('usage.db'), notice: silent })
    const given = row({ costUsd: 0.0012345678, answered: 'other', ok: false, estimated: true })
    store.append(given)
    store.append(row({ costUsd: null, session: null, step: null, turn: null, priceSource: null }))
    const [first, second] = [...store.rows({})]
    expect(first).toEqual({ ...given, costUsd: 0.001234568 })
    expect(second).toMatchObject({ costUsd: null, session: null, step: null, priceSource: null })
    store.close()
  })

  test('has the same sum whatever it is grouped by', () => {
    const store = openUsageStore({ path: ':memory:', notice: silent })
    for (const each of manyRows(700)) store.append(each)
    const total = store.total({})
    expect(total.requests).toBe(700)
    expect(total.unknownPrice).toBeGreaterThan(50)
    for (const by of usageGroupings) {
      const groups = store.groups(by, {})
      expect(groups.length).toBeGreaterThan(1)
      expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length)
      const sum = groups.reduce<UsageSum>((all, each) => addSum(all, each.sum), { ...noSum })
      expect({ by, ...sum }).toEqual({ by, ...total })
    }
    store.close()
  })

  test('never takes an unknown price for nothing', () => {
    const store = openUsageStore({ path: ':memory:', notice: silent })
    store.append(row({ costUsd: null, priceSource: null }))
    store.append(row({ costUsd: 0, priceSource: 'free' }))
    expect(store.total({})).toMatchObject({ requests: 2, knownCostUsd: 0, unknownPrice: 1 })
    store.close()
  })

  test('holds what lies in or below a project, and no namesake', () => {
    const store = openUsageStore({ path: ':memory:', notice: silent })
    for (const project of ['/work/shop', '/work/shop/part', '/work/shopping', '/work/shop%'])
      store.append(row({ project }))
    expect(store.total({ project: '/work/shop' }).requests).toBe(2)
    expect(store.total({ project: '/work' }).requests).toBe(4)
    expect(store.total({ project: '/' }).requests).toBe(4)
    expect(store.total({ project: '/work/shop%' }).requests).toBe(1)
    store.close()
  })

  test('adds to what was spent only what came since, and sees what others wrote or forgot', () => {
    using place = temporary()
    const path = place.path('usage.db')
    const [mine, theirs] = [path, path].map((each) =>
      openUsageStore({ path: each, notice: silent }),
    )
    if (!mine || !theirs) throw new Error('not opened')
    const at = Date.UTC(2026, 10, 22)
    mine.append(row({ at, costUsd: 0.1 }))
    expect(mine.spent(at, at + hour)).toEqual({ costUsd: 0.1, unknownPrice: 0 })
    theirs.append(row({ at: at + 1, costUsd: 0.2 }))
    theirs.append(row({ at: at + 2, costUsd: null }))
    theirs.append(row({ at: at + hour, costUsd: 5 }))
    theirs.append(row({ at: at - 1, costUsd: 5 }))
    expect(mine.spent(at, at + hour)).toEqual({ costUsd: 0.3, unknownPrice: 1 })
    expect(mine.spent(at, at + hour)).toEqual({ costUsd: 0.3, unknownPrice: 1 })
    expect(mine.spent(at + hour, at + 2 * hour)).toEqual({ costUsd: 5, unknownPrice: 0 })
    expect(theirs.forget()).toBe(5)
    theirs.append(row({ at: at + hour, costUsd: 1 }))
    expect(mine.spent(at + hour, at + 2 * hour)).toEqual({ costUsd: 1, unknownPrice: 0 })
    mine.close()
    theirs.close()
  })

  test('tells a thing once, whoever asks', () => {
    using place = temporary()
    const path = place.path('usage.db')
    const first = openUsageStore({ path, notice: silent })
    const second = openUsageStore({ path, notice: silent })
    expect(first.tellsFirst('day 1', 1)).toBe(true)
    expect(second.tellsFirst('day 1', 2)).toBe(false)
    expect(second.tellsFirst('day 2', 2)).toBe(true)
    first.close()
    second.close()
  })

  test('takes the rows of several processes at once', async () => {
    using place = temporary()
    const path = place.path('usage.db')
    const program = `
      import { openUsageStore } from '${import.meta.dir}/../../src/usage/store.ts'
      import { row } from '${import.meta.dir}/rows.ts'
      const store = openUsageStore({ path: process.argv[1], notice: console.error })
      for (let at = 0; at < 200; at++) store.append(row({ session: process.argv[2], costUsd: 0.01 }))
      store.close()`
    const children = ['a', 'b', 'c'].map((name) =>
      Bun.spawn([process.execPath, '-e', program, path, name], { stderr: 'pipe' }),
    )
    for (const child of children) {
      expect(await new Response(child.stderr).text()).toBe('')
      expect(await child.exited).toBe(0)
    }
    const store = openUsageStore({ path, notice: silent })
    const sums = store.groups('session', {}).map(({ key, sum }) => [key, sum.requests])
    expect(sums.sort()).toEqual([
      ['a', 200],
      ['b', 200],
      ['c', 200],
    ])
    expect(store.total({}).knownCostUsd).toBe(6)
    store.close()
  })

  test('is set aside where it is damaged, and a new one begins', () => {
    using place = temporary()
    const path = place.path('usage.db')
    writeFileSync(path, 'this is no database, and never was one; it only lies at its place')
    const notices: string[] = []
    const store = openUsageStore({ path, notice: (text) => notices.push(text) })
    store.append(row())
    expect(store.total({}).requests).toBe(1)
    store.close()
    expect(notices.join()).toContain('ledger of usage')
    expect(readdirSync(place.directory).some((name) => name.includes('damaged'))).toBe(true)
  })

  test('is repaired where damage shows only when it is read, and nothing readable is lost', () => {
    using place = temporary()
    const path = place.path('usage.db')
    const first = openUsageStore({ path, notice: silent })
    for (let at = 0; at < 3000; at++) first.append(row({ at: Date.UTC(2026, 10, 1) + at }))
    first.close()
    const bytes = readFileSync(path)
    bytes.fill(0xa5, 40 * 4096, 44 * 4096)
    writeFileSync(path, bytes)
    const notices: string[] = []
    const store = openUsageStore({ path, notice: (text) => notices.push(text) })
    const { requests } = store.total({})
    expect(requests).toBeGreaterThan(2000)
    expect(requests).toBeLessThan(3000)
    expect([...store.rows({})]).toHaveLength(requests)
    store.append(row())
    expect(store.total({}).requests).toBe(requests + 1)
    store.close()
    expect(notices).toHaveLength(1)
    expect(notices[0]).toContain('damaged')
  })

  test('goes on in a new file where its own was taken away', () => {
    using place = temporary()
    const path = place.path('usage.db')
    const store = openUsageStore({ path, notice: silent })
    store.append(row())
    expect(store.spent(0, Number.MAX_SAFE_INTEGER).costUsd).toBe(0.003)
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    store.append(row({ costUsd: 1 }))
    expect(store.total({}).requests).toBe(1)
    expect(store.spent(0, Number.MAX_SAFE_INTEGER).costUsd).toBe(1)
    store.close()
    const again = openUsageStore({ path, notice: silent })
    expect(again.total({}).knownCostUsd).toBe(1)
    again.close()
  })

  test('can be read where it cannot be written', () => {
    using place = temporary()
    const path = place.path('usage.db')
    const first = openUsageStore({ path, notice: silent })
    first.append(row())
    first.close()
    chmodSync(path, 0o400)
    chmodSync(place.directory, 0o500)
    const store = openUsageStore({ path, notice: silent })
    expect(store.total({}).requests).toBe(1)
    store.close()
    chmodSync(place.directory, 0o700)
  })
})
