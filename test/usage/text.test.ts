/** What people type and read: requests for a report, columns, sums that are not whole, CSV. */
import { describe, expect, test } from 'bun:test'
import { readUsageRequest } from '../../src/app/usage-request.ts'
import { costText, groupLines, tookParts } from '../../src/app/usage-text.ts'
import { noUsage } from '../../src/contract/message.ts'
import type { UsageSum } from '../../src/contract/usage.ts'
import { csvLine } from '../../src/usage/csv.ts'
import { dollars } from '../../src/usage/money.ts'
import { noSum } from '../../src/usage/sums.ts'
import { inZone } from './rows.ts'

const sum = (more: Partial<UsageSum>): UsageSum => ({ ...noSum, ...more })

describe('Money', () => {
  const cases: [number, string][] = [
    [0, '$0.00'],
    [1234567.891, '$1,234,567.89'],
    [1.5, '$1.50'],
    [0.5, '$0.50'],
    [0.0123, '$0.0123'],
    [0.065, '$0.065'],
    [0.000001234, '$0.0000012'],
  ]
  for (const [amount, text] of cases)
    test(`${amount} is ${text}`, () => expect(dollars(amount)).toBe(text))

  test('says what is missing from a sum', () => {
    expect(costText(sum({ requests: 4, knownCostUsd: 1.2 }))).toBe('$1.20')
    expect(costText(sum({ requests: 4, knownCostUsd: 1.2, unknownPrice: 3 }))).toBe(
      'at least $1.20 (3 requests of unknown price)',
    )
    expect(costText(sum({ requests: 3, unknownPrice: 3 }))).toBe('? (3 requests of unknown price)')
  })
})

describe('A table', () => {
  test('has its numbers in line on the right, the dearest first, unknown as ?', () => {
    const groups = [
      { key: 'openai/gpt-99', sum: sum({ requests: 3, inputTokens: 30, unknownPrice: 3 }) },
      { key: '模型/x', sum: sum({ requests: 1, inputTokens: 1_234_567, knownCostUsd: 0.5 }) },
      {
        key: '\u001b[31mred',
        sum: sum({
          requests: 2,
          cacheReadTokens: 10,
          knownCostUsd: 20,
          unknownPrice: 1,
          estimated: 1,
        }),
      },
    ]
    const total = groups.reduce<UsageSum>(
      (all, { sum: each }) =>
        sum({
          requests: all.requests + each.requests,
          inputTokens: all.inputTokens + each.inputTokens,
          cacheReadTokens: all.cacheReadTokens + each.cacheReadTokens,
          knownCostUsd: all.knownCostUsd + each.knownCostUsd,
          unknownPrice: all.unknownPrice + each.unknownPrice,
          estimated: all.estimated + each.estimated,
        }),
      { ...noSum },
    )
    expect(groupLines('model', { groups, total })).toEqual([
      'model          requests       input  cached  output      cost  time',
      '␛[31mred              2         ~10   100 %      ~0  ≥ $20.00  0 ms',
      '模型/x                1   1,234,567     0 %       0     $0.50  0 ms',
      'openai/gpt-99         3          30     0 %       0         ?  0 ms',
      'total                 6  ~1,234,607     0 %      ~0  ≥ $20.50  0 ms',
      'cost: at least $20.50 (4 requests of unknown price)',
      '~ 1 request not counted by the provider: guessed from the text',
    ])
  })
})

describe('What an answer took', () => {
  const usage = { ...noUsage, inputTokens: 100, cacheReadTokens: 300, outputTokens: 20 }

  test('has the cached share, and the cost or a ?', () => {
    expect(tookParts({ usage, costUsd: 0.5 }, 1200)).toEqual([
      '400 tokens in, 20 out',
      '75 % cached',
      '$0.50',
      '1.2 s',
    ])
    expect(tookParts({ usage, costUsd: null }, 1200)).toContain('cost ?')
  })

  test('is only its time where there were no tokens, and has no cost where it is free', () => {
    expect(tookParts({ usage: { ...noUsage }, costUsd: null }, 80)).toEqual(['80 ms'])
    expect(tookParts({ usage: { ...noUsage, inputTokens: 5 }, costUsd: 0 }, 80)).toEqual([
      '5 tokens in, 0 out',
      '80 ms',
    ])
  })
})

describe('CSV', () => {
  test('quotes what must be, doubles quotes, ends lines with CRLF, leaves unknown empty', () => {
    expect(csvLine(['a,b', 'say "hi"', 'two\nlines', 'plain', null, 1.5, true])).toBe(
      '"a,b","say ""hi""","two\nlines",plain,,1.5,true\r\n',
    )
  })

  test('gives no terminal anything to obey', () => {
    expect(csvLine(['a\x1b[8mb\u202ec', '\x1b]0;t\x07'])).toBe('a␛[8mbc,␛]0;t␇\r\n')
  })

  test('gives no spreadsheet a formula', () => {
    expect(csvLine(['=1+1', '+1', '-1', '@x', '=a,"b"', -1, ' =1+1', '\n=1'])).toBe(
      `'=1+1,'+1,'-1,'@x,"'=a,""b""",-1,' =1+1,"'\n=1"\r\n`,
    )
  })
})

describe('What people ask', () => {
  const now = Date.UTC(2026, 10, 22, 12)
  const ask = (words: string, flags = {}, session?: string) => {
    using _zone = inZone('UTC')
    return readUsageRequest(words === '' ? [] : words.split(' '), flags, {
      now,
      session,
      find: (typed) => typed,
    })
  }

  test('is an overview without words, and a report with them', () => {
    expect(ask('')).toEqual({ what: 'overview' })
    expect(ask('today by project')).toMatchObject({
      what: 'report',
      by: 'project',
      query: { since: Date.UTC(2026, 10, 22), until: Date.UTC(2026, 10, 23) },
    })
    expect(ask('session', {}, 's1')).toMatchObject({ by: 'model', query: { session: 's1' } })
    expect(ask('session s2', {}, 's1')).toMatchObject({ query: { session: 's2' } })
    expect(ask('', { since: '7d', by: 'day', project: '/p' })).toMatchObject({
      by: 'day',
      query: { since: Date.UTC(2026, 10, 16), project: '/p' },
    })
    expect(ask('recent 5')).toEqual({ what: 'recent', query: {}, newest: 5 })
    expect(ask('path')).toEqual({ what: 'path' })
  })

  const wrong: [words: string, flags: Record<string, string>, said: string][] = [
    ['todya', {}, 'did you mean today?'],
    ['by colour', {}, 'wants one of day, week'],
    ['by', {}, 'wants one of day, week'],
    ['recent many', {}, 'a whole number of at least 1'],
    ['today tomorrow', {}, '"tomorrow" is too much'],
    ['session', {}, 'There is no session yet'],
    ['', { since: 'today', until: 'yesterday' }, 'is not before'],
  ]
  for (const [words, flags, said] of wrong)
    test(`is wrong as "${words}" ${JSON.stringify(flags)}`, () =>
      expect(() => ask(words, flags)).toThrow(said))
})
