/** Days as people have them, and the moments that they type. */
import { describe, expect, test } from 'bun:test'
import { dayOf, localKey, monthOf, readMoment, weekOf } from '../../src/usage/periods.ts'
import { openUsageStore } from '../../src/usage/store.ts'
import { inZone, row } from './rows.ts'

const hour = 3_600_000
const iso = (text: string) => Date.parse(text)

describe('A day', () => {
  test('has 23 hours where summer time begins, and 25 where it ends', () => {
    using _zone = inZone('Europe/Berlin')
    const spring = dayOf(iso('2026-03-29T12:00:00Z'))
    expect(spring).toEqual({
      since: iso('2026-03-28T23:00:00Z'),
      until: iso('2026-03-29T22:00:00Z'),
    })
    const autumn = dayOf(iso('2026-10-25T12:00:00Z'))
    expect(autumn.until - autumn.since).toBe(25 * hour)
  })

  test('is that of the time zone, also where it is a quarter of an hour off', () => {
    using _zone = inZone('Asia/Kathmandu')
    const store = openUsageStore({ path: ':memory:', notice: () => undefined })
    // Midnight there is 18:15 UTC.
    for (const text of ['2026-11-21T18:14:59Z', '2026-11-21T18:15:00Z', '2026-11-22T18:14:00Z'])
      store.append(row({ at: iso(text) }))
    expect(store.groups('day', {}).map(({ key, sum }) => [key, sum.requests])).toEqual([
      ['2026-11-21', 1],
      ['2026-11-22', 2],
    ])
    store.close()
  })

  test('counts each hour of the night on which the clock goes back', () => {
    using _zone = inZone('America/New_York')
    const store = openUsageStore({ path: ':memory:', notice: () => undefined })
    const night = iso('2026-11-01T04:00:00Z')
    for (let each = 0; each < 25; each++) store.append(row({ at: night + each * hour }))
    expect(store.groups('day', {}).map(({ key, sum }) => [key, sum.requests])).toEqual([
      ['2026-11-01', 25],
    ])
    store.close()
  })

  test('stays in order where the clock went back between two rows', () => {
    using _zone = inZone('UTC')
    const store = openUsageStore({ path: ':memory:', notice: () => undefined })
    for (const day of ['2026-11-22', '2026-11-20', '2026-11-21'])
      store.append(row({ at: iso(`${day}T08:00:00Z`) }))
    expect(store.groups('day', {}).map(({ key }) => key)).toEqual([
      '2026-11-20',
      '2026-11-21',
      '2026-11-22',
    ])
    store.close()
  })
})

describe('A week and a month', () => {
  test('begin on Monday, and on the first', () => {
    using _zone = inZone('UTC')
    const sunday = iso('2026-11-22T23:59:59Z')
    expect(new Date(weekOf(sunday).since).toISOString()).toBe('2026-11-16T00:00:00.000Z')
    expect(localKey('week', sunday)).toBe('2026-11-16')
    expect(localKey('week', iso('2026-11-23T00:00:00Z'))).toBe('2026-11-23')
    expect(localKey('month', sunday)).toBe('2026-11')
    const december = monthOf(iso('2026-12-31T12:00:00Z'))
    expect(new Date(december.until).toISOString()).toBe('2027-01-01T00:00:00.000Z')
  })
})

describe('A moment that is typed', () => {
  const now = Date.UTC(2026, 10, 22, 15, 30)
  const cases: [text: string, since: string, until: string][] = [
    ['today', '2026-11-22T00:00', '2026-11-23T00:00'],
    ['yesterday', '2026-11-21T00:00', '2026-11-22T00:00'],
    ['1d', '2026-11-22T00:00', '2026-11-22T00:00'],
    ['7d', '2026-11-16T00:00', '2026-11-16T00:00'],
    ['2w', '2026-11-09T00:00', '2026-11-09T00:00'],
    ['12h', '2026-11-22T03:30', '2026-11-22T03:30'],
    ['1m', '2026-10-23T00:00', '2026-10-23T00:00'],
    ['1y', '2025-11-23T00:00', '2025-11-23T00:00'],
    ['2026-11', '2026-11-01T00:00', '2026-12-01T00:00'],
    ['2026-02-28', '2026-02-28T00:00', '2026-03-01T00:00'],
    ['2026-11-20T08:30', '2026-11-20T08:30', '2026-11-20T08:30'],
    ['week', '2026-11-16T00:00', '2026-11-23T00:00'],
  ]
  for (const [text, since, until] of cases)
    test(`${text} begins ${since} and ends ${until}`, () => {
      using _zone = inZone('UTC')
      const read = (edge: 'since' | 'until') =>
        new Date(readMoment(text, now, edge)).toISOString().slice(0, 16)
      expect([read('since'), read('until')]).toEqual([since, until])
    })

  for (const text of ['', 'soon', '7', '7x', '2026-02-30', '2026-13', '2026-11-22T25:00', '-7d'])
    test(`"${text}" is none, and the error says what is`, () => {
      expect(() => readMoment(text, now, 'since')).toThrow('--since wants a day')
    })
})
