/** Costs that are known: what runs took is kept, summed, limited; with the executable, and a model host on loopback. */
import { expect, test } from 'bun:test'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonObject, parseJson } from '../../src/base/json.ts'
import type { RunResult } from '../../src/contract/event.ts'
import { type Bench, call, openBench } from '../support/codi.ts'
import { startEmbeddingServer } from '../support/embedding-server.ts'
import { startModelServer } from '../support/model-server.ts'
import { keys } from '../support/pty.ts'

/** A request of a thousand tokens in and a hundred out: $0.0045. */
const usage = { inputTokens: 1000, outputTokens: 100 }
const prices = { 'mock/*': { input: 3, output: 15, cacheRead: 0.3 } }
const perRequest = 0.0045

function openPriced(settings: JsonObject = {}, files: Record<string, string> = {}): Bench {
  const bench = openBench(files)
  configure(bench, { prices, ...settings })
  return bench
}

function configure({ home }: Bench, settings: JsonObject): void {
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(join(home, 'config/config.json'), JSON.stringify(settings))
}

async function report(bench: Bench, ...words: string[]) {
  const ran = await bench.run(['usage', ...words, '--json'])
  expect(ran.stderr).toBe('')
  return parseJson(ran.stdout) as unknown as {
    groups: (JsonObject & { key: string })[]
    total: JsonObject
    budgets: JsonObject[]
  }
}

const answer = (content: string) => ({ content, usage })

test('every run is in the ledger, ephemeral ones too, and what is deleted was still spent', async () => {
  await using bench = openPriced()
  const steps = [{ ...call('glob', { pattern: '*' }), usage }, answer('One.')]
  const first = await bench.run(['-f', 'json', 'look'], { mock: steps })
  const result = JSON.parse(first.stdout) as RunResult
  expect(result.costUsd).toBeCloseTo(2 * perRequest, 9)
  expect(result.usage).toEqual({
    ...{ inputTokens: 2000, outputTokens: 200 },
    ...{ cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  })
  await bench.run(['--ephemeral', 'look'], { mock: [answer('Two.')] })
  const labelled = await bench.run(['usage', 'today', 'by', 'session'])
  expect(labelled.stdout).toMatch(new RegExp(`^${result.session}  look +2 `, 'm'))
  expect(labelled.stdout).toMatch(/^\(none\) +1 /m)
  await bench.run(['sessions', 'delete', result.session ?? '', '-y'])
  const { total, groups } = await report(bench, '--by', 'session')
  expect(total).toMatchObject({ requests: 3, inputTokens: 3000, calls: 1, unknownPrice: 0 })
  expect(total.costUsd).toBeCloseTo(3 * perRequest, 9)
  expect(groups.map(({ key, requests }) => [key, requests]).sort()).toEqual([
    ['', 1],
    [result.session ?? '', 2],
  ])
  expect((await report(bench, 'today', '--project')).total.requests).toBe(3)
  expect((await report(bench, '--path', '/nowhere')).total.requests).toBe(0)
  expect((await report(bench, 'yesterday')).total.requests).toBe(0)
})

test('tables, CSV and rows say the same; an unknown price is never nothing', async () => {
  await using bench = openPriced()
  await bench.run(['one'], { mock: [answer('One.')] })
  configure(bench, {})
  using server = disposable(startModelServer())
  server.script({ text: 'Two.', usage: { input: 10, output: 5 } })
  const env = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `${server.url}/v1` }
  const ran = await bench.run(['-m', 'openai/gpt-99', '-f', 'json', 'two'], { env })
  expect((JSON.parse(ran.stdout) as RunResult).costUsd).toBeNull()

  const table = await bench.run(['usage', '--by', 'model'])
  expect(table.stdout).toContain('cost: at least $0.0045 (1 request of unknown price)')
  expect(table.stdout).toMatch(/^openai\/gpt-99 .* \? /m)
  const { total } = await report(bench)
  expect(total).toMatchObject({ costUsd: null, knownCostUsd: perRequest, unknownPrice: 1 })
  const csv = (await bench.run(['usage', '--csv'])).stdout.split('\r\n')
  expect(csv).toHaveLength(4)
  expect(csv[1]).toContain(`${perRequest},settings`)
  expect(csv[2]).toMatch(/,gpt-99,.*,10,5,0,0,0,,,,false,true,/)
  const grouped = (await bench.run(['usage', '--csv', '--by', 'purpose'])).stdout.split('\r\n')
  expect(grouped[1]).toMatch(/^turn,2,1010,105,/)
  const recent = await bench.run(['usage', 'recent', '1', '--json'])
  expect(parseJson(recent.stdout)).toMatchObject([{ model: 'gpt-99', costUsd: null }])
  const elsewhere = await bench.run(['usage', 'recent', '--path', '/nowhere', '--json'])
  expect(elsewhere.stdout).toBe('[]\n')
})

test('an attempt that broke off is counted beside the one that followed', async () => {
  await using bench = openBench()
  using server = disposable(startModelServer())
  const text = 'A long answer that does not come to its end the first time it is asked for.'
  server.script({ text, usage: { input: 1000, output: 90 }, fault: 'reset' })
  server.script({ text: 'Done.', usage: { input: 1000, output: 10 } })
  const env = { ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: server.url }
  const ran = await bench.run(['-m', 'anthropic/claude-sonnet-5-5', '-f', 'json', 'go'], { env })
  const result = JSON.parse(ran.stdout) as RunResult
  expect(result).toMatchObject({ ok: true, turns: 1 })
  expect(result.usage.inputTokens).toBe(2000)
  const { total } = await report(bench)
  expect(total).toMatchObject({ requests: 2, failed: 1, inputTokens: 2000 })
  expect(total.costUsd).toBeCloseTo(result.costUsd ?? -1, 9)
})

test('--max-cost stops before the request that would go beyond it; what was done stays, and can go on', async () => {
  await using bench = openPriced()
  const write = { ...call('write_file', { path: 'a.txt', content: 'done\n' }), usage }
  const dear = {
    ...call('glob', { pattern: '*' }),
    usage: { inputTokens: 20_000, outputTokens: 0 },
  }
  const argv = ['-y', '-f', 'json', '--max-cost', '0.07', 'do it']
  const ran = await bench.run(argv, { mock: [write, dear, answer('Never.')] })
  const result = JSON.parse(ran.stdout) as RunResult
  expect(ran.exitCode).toBe(4)
  expect(result).toMatchObject({ stopReason: 'max_cost', turns: 2 })
  expect(result.error?.message).toMatch(
    /^Stopped at \$0\.0645: the next request would take about \$0\.\d+ more, and the limit of this run is \$0\.07; raise --max-cost$/,
  )
  expect(bench.text('a.txt')).toBe('done\n')
  expect(bench.requests()).toHaveLength(2)
  const resumed = bench.terminal(['-c'], { mock: [] })
  await resumed.waitFor('there was no answer yet. Type "go on"')
  resumed.type(keys.ctrl('d'))
  await resumed.exited
  const on = await bench.run(['-c', 'go on'], { mock: [answer('Gone on.')] })
  expect(on).toMatchObject({ exitCode: 0, stdout: 'Gone on.\n' })
  expect(JSON.stringify(bench.requests().at(-1))).toContain('do it')
})

test('a daily budget holds over all processes: it warns once, then stops with 4', async () => {
  await using bench = openPriced({ dailyBudgetUsd: 0.09, budgetWarnAt: 0.5 })
  const dear = { content: 'Dear.', usage: { inputTokens: 16_000, outputTokens: 0 } }
  const first = await bench.run(['one'], { mock: [dear] })
  expect(first).toMatchObject({ exitCode: 0, stderr: '' })
  const second = await bench.run(['two'], { mock: [answer('Two.')] })
  expect(second.stdout).toBe('Two.\n')
  expect(second.stderr).toContain('53 % of the daily budget of $0.09 is spent')
  const third = await bench.run(['three'], { mock: [dear] })
  expect(third).toMatchObject({ exitCode: 0, stderr: '' })
  const fourth = await bench.run(['-f', 'json', 'four'], { mock: [answer('Never.')] })
  expect(fourth.exitCode).toBe(4)
  expect(JSON.parse(fourth.stdout)).toMatchObject({
    stopReason: 'budget',
    turns: 0,
    error: { kind: 'budget' },
  })
  expect(fourth.stdout).toContain('raise dailyBudgetUsd, or go on tomorrow')
  expect(bench.requests()).toHaveLength(3)
  expect((await report(bench)).budgets).toMatchObject([{ name: 'day', limitUsd: 0.09 }])
})

test('a repository may lower a budget, and not raise it', async () => {
  const own = JSON.stringify({ dailyBudgetUsd: 5, prices: { 'mock/*': { input: 0, output: 0 } } })
  await using bench = openPriced({ dailyBudgetUsd: 0.001 }, { '.codi/config.json': own })
  const ran = await bench.run(['one'], { mock: [answer('Never.')] })
  expect(ran.exitCode).toBe(4)
  expect(ran.stderr).toContain('may not loosen "dailyBudgetUsd"')
  expect(ran.stderr).toContain('"prices" is only read from your own settings')
})

test('at a terminal a person may go on for the run', async () => {
  await using bench = openPriced({ dailyBudgetUsd: 0.001 })
  const steps = [{ ...call('glob', { pattern: '*' }), usage }, answer('Gone on.')]
  const terminal = bench.terminal(['one'], { mock: steps })
  await terminal.waitFor('go on for this run')
  expect(terminal.text).toContain('Stopped at $0.00')
  terminal.type(`${keys.down}${keys.enter}`)
  await terminal.waitFor('Gone on.')
  expect(await terminal.exited).toBe(0)
  expect(terminal.text).toContain('2,000 tokens in, 200 out, $0.009')
  const refused = bench.terminal(['one'], { mock: steps })
  await refused.waitFor('go on for this run')
  refused.type(keys.enter)
  expect(await refused.exited).toBe(4)
})

test('/usage and the footer tell a person what it takes', async () => {
  await using bench = openPriced({ monthlyBudgetUsd: 1 })
  const cached = { content: 'Hello.', usage: { ...usage, cacheReadTokens: 3000 } }
  const terminal = bench.terminal([], { mock: [cached] })
  await terminal.waitFor('◆')
  terminal.type(`hi${keys.enter}`)
  await terminal.waitFor(/4,000 tokens in, 100 out . 75 % cached . \$0\.0054/)
  terminal.type(`/usage${keys.enter}`)
  await terminal.waitFor('monthly budget: $0.0054 of $1.00 (0 %)')
  expect(terminal.text).toMatch(/this session +1 +4,000 +75 % +100 +\$0\.0054/)
  terminal.type(`/cost today by purpose${keys.enter}`)
  await terminal.waitFor(/turn +1 +4,000/)
  terminal.type(keys.ctrl('d'))
  await terminal.exited
})

test('a ledger that cannot be kept costs its rows and not the answer', async () => {
  await using bench = openPriced()
  mkdirSync(join(bench.home, 'data/usage.db'), { recursive: true })
  const ran = await bench.run(['one'], { mock: [answer('One.')] })
  expect(ran).toMatchObject({ exitCode: 0, stdout: 'One.\n' })
  expect(ran.stderr.match(/but not kept/g)).toHaveLength(1)
})

test('what an embedding host took is counted, and stops nothing', async () => {
  const server = await startEmbeddingServer()
  server.models = new Set(['text-embedding-3-small'])
  await using bench = openPriced({ dailyBudgetUsd: 0 }, { 'src/a.ts': 'export const a = 1\n' })
  const env = {
    CODI_EMBEDDING: 'openai/text-embedding-3-small',
    CODI_EMBEDDING_BASE_URL: `${server.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    CODI_EMBEDDING_PRICE: '2',
  }
  expect(await bench.run(['index', '-y'], { env })).toMatchObject({ exitCode: 0 })
  await server.close()
  const { groups } = await report(bench, '--by', 'purpose')
  expect(groups).toMatchObject([{ key: 'embedding', unknownPrice: 0, estimated: 0 }])
  expect(groups[0]?.costUsd).toBeCloseTo((Number(groups[0]?.inputTokens) * 2) / 1e6, 9)
})

test('a ledger that was lost is made again from the sessions, a fork counted once', async () => {
  await using bench = openPriced()
  const steps = [{ ...call('glob', { pattern: '*' }), usage }, answer('One.')]
  const first = await bench.run(['-f', 'json', 'look'], { mock: steps })
  const { session } = JSON.parse(first.stdout) as RunResult
  await bench.run(['--resume', session ?? '', 'more'], { mock: [answer('Two.')] })
  await bench.run(['fork', session ?? ''])
  const forked = await bench.run(['-c', 'again'], { mock: [answer('Three.')] })
  expect(forked.stdout).toBe('Three.\n')
  const before = await report(bench, '--by', 'session')
  expect(await bench.run(['usage', 'rebuild'])).toMatchObject({
    stderr: 'codi: The ledger knows of every session; nothing was added\n',
  })
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(join(bench.home, `data/usage.db${suffix}`), { force: true })
  const { stdout } = await bench.run(['usage', 'rebuild', '--json'])
  expect(parseJson(stdout)).toEqual({
    requests: Number(before.total.requests),
    sessions: before.groups.length,
  })
  const after = await report(bench, '--by', 'session')
  const spent = (rows: typeof before) =>
    new Map(rows.groups.map(({ key, costUsd }) => [key, costUsd]))
  expect(spent(after)).toEqual(spent(before))
})

test('what was counted is forgotten only on request', async () => {
  await using bench = openPriced()
  await bench.run(['one'], { mock: [answer('One.')] })
  expect(await bench.run(['usage', 'reset'])).toMatchObject({ exitCode: 3 })
  expect(await bench.run(['usage', 'reset', '--until', 'yesterday', '-y'])).toMatchObject({
    stderr: 'codi: forgot 0 requests\n',
  })
  expect(await bench.run(['usage', 'reset', '-y', '--json'])).toMatchObject({
    stdout: '{"forgotten":1}\n',
  })
  expect((await report(bench)).total.requests).toBe(0)
})

test('codi models --prices shows every price with its date, those of a person first', async () => {
  await using bench = openPriced()
  const { stdout } = await bench.run(['models', '--prices'])
  expect(stdout.split('\n')[1]).toMatch(/^mock\/\* +3 +15 +0\.3 +settings$/)
  expect(stdout).toMatch(
    /^claude-haiku-5-5 +0\.1 +0\.5 +0\.01 +0\.125 +100,000 +catalogue +2026-10$/m,
  )
})

function disposable<T extends { close(): void }>(value: T): T & Disposable {
  return Object.assign(value, { [Symbol.dispose]: () => value.close() })
}
