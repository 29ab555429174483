/**
 * `bun test/bench/sessions.ts [--turns 2000] [--calls 10] [--list 5000]`: what a long session costs. It has so many turns
 * with so many calls each, a compaction after every hundred turns; then a store with so many sessions is listed. Each
 * figure that has to do with memory is taken in a process of its own.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Entry, EntryBody } from '../../src/contract/session.ts'
import { openSessionStore } from '../../src/sessions/store.ts'

const { values, positionals } = parseArgs({
  options: {
    turns: { type: 'string', default: '2000' },
    calls: { type: 'string', default: '10' },
    list: { type: 'string', default: '5000' },
  },
  allowPositionals: true,
})
const about = { cwd: '/work', provider: 'mock', model: 'mock' }
const usage = {
  inputTokens: 900,
  outputTokens: 80,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}
const open = (path: string) => openSessionStore({ path, notice: (text) => console.error(text) })

const [part, path] = positionals
if (part !== undefined && path !== undefined) await parts()[part]?.(path)
else runAll()

function runAll(): void {
  const directory = mkdtempSync(join(tmpdir(), 'codi-bench-sessions-'))
  try {
    const long = join(directory, 'long.db')
    const many = join(directory, 'many.db')
    ask('make', long)
    print('size of its store', statSync(long).size / 1e6, 'MB')
    ask('idle', long)
    for (const name of ['resume', 'append', 'search', 'fork', 'repair']) ask(name, long)
    ask('fill', many)
    ask('list', many)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function ask(name: string, file: string): void {
  const argv = [process.execPath, import.meta.path, name, file]
  for (const [key, value] of Object.entries(values)) argv.push(`--${key}`, value)
  const ran = Bun.spawnSync(argv, { stdout: 'inherit', stderr: 'inherit' })
  if (ran.exitCode !== 0) throw new Error(`${name} ended with ${ran.exitCode}`)
}

function parts(): Record<string, (path: string) => void | Promise<void>> {
  return {
    make(file) {
      const store = open(file)
      const coming = store.import(about)
      const took = timed(() => {
        for (const entry of longSession(Number(values.turns), Number(values.calls)))
          coming.add(entry)
        coming.end()
      })
      print(`making ${values.turns} turns with ${values.calls} calls each`, took, 'ms')
      store.close()
    },
    idle(file) {
      const store = open(file)
      store.list()
      memory('RSS of a process that opened the store')
      store.close()
    },
    resume(file) {
      const store = open(file)
      print(
        'open and list',
        timed(() => store.list()),
        'ms',
      )
      const id = store.list()[0]?.id ?? ''
      print(
        'resume: messages to send',
        timed(() => store.resume(id).messages()),
        'ms',
      )
      print(
        'prompts, the newest 50',
        timed(() => store.open(id).prompts()),
        'ms',
      )
      memory('RSS after that')
      print(
        'the whole path, a page at a time',
        timed(() => count(store.open(id).path())),
        'ms',
      )
      memory('RSS after that')
      store.close()
    },
    async append(file) {
      const store = open(file)
      const session = store.resume(store.list()[0]?.id ?? '')
      const times = Array.from({ length: 2000 }, (_, at) =>
        timed(() => session.append(result(`more${at}`))),
      )
      percentiles('append of a result of 1.5 KB, durable', times)
      const text = 'a line of what is being streamed\n'
      percentiles(
        'draft of one more line',
        Array.from({ length: 2000 }, () => timed(() => session.draft(text))),
      )
      memory('RSS after 2,000 appends')
      store.close()
    },
    search(file) {
      const store = open(file)
      print(
        'first search, which makes the index',
        timed(() => store.search('handle1999')),
        'ms',
      )
      print(
        'search for a rare word',
        timed(() => store.search('handle1998')),
        'ms',
      )
      print(
        'search for a common word',
        timed(() => store.search('question')),
        'ms',
      )
      store.close()
    },
    fork(file) {
      const store = open(file)
      const id = store.list()[0]?.id ?? ''
      print(
        'fork at the end',
        timed(() => store.fork(id)),
        'ms',
      )
      store.close()
    },
    repair(file) {
      const store = open(file)
      print(
        'repair',
        timed(() => store.repair()),
        'ms',
      )
      store.close()
    },
    fill(file) {
      const store = open(file)
      for (let number = 0; number < Number(values.list); number++) {
        const coming = store.import({ ...about, cwd: `/work/${number % 20}` })
        for (const entry of longSession(3, 2)) coming.add(entry)
        coming.end()
      }
      store.close()
    },
    list(file) {
      const store = open(file)
      print(
        `open and list ${values.list} sessions`,
        timed(() => store.list()),
        'ms',
      )
      print(
        'those of one directory',
        timed(() => store.list({ cwd: '/work/3' })),
        'ms',
      )
      memory('RSS after that')
      store.close()
    },
  }
}

function* longSession(turns: number, calls: number): Iterable<Entry> {
  let id = 0
  const entry = (body: EntryBody): Entry => ({ ...body, id: ++id, parent: id - 1 || null, at: id })
  for (let turn = 0; turn < turns; turn++) {
    yield entry({
      type: 'message',
      message: {
        role: 'user',
        content: [{ type: 'text', text: `question ${turn}: handle${turn}?` }],
      },
    })
    for (let call = 0; call < calls; call++) {
      const callId = `c${turn}.${call}`
      const input = { path: `src/part${call}/file${turn}.ts` }
      yield entry({
        type: 'message',
        message: {
          role: 'assistant',
          content: [{ type: 'call', id: callId, name: 'read_file', input }],
        },
        usage,
        costUsd: 0.001,
      })
      yield entry(result(callId))
    }
    const text = `It is done by handle${turn}. ${'More words on that. '.repeat(20)}`
    yield entry({
      type: 'message',
      message: { role: 'assistant', content: [{ type: 'text', text }] },
      usage,
      costUsd: 0.001,
    })
    if (turn % 100 === 99) {
      yield entry({
        type: 'compaction',
        summary: 'what came to pass '.repeat(200),
        keptFrom: Math.max(1, id - 50),
        by: 'budget',
        tokensBefore: 100_000,
        tokensAfter: 10_000,
      })
    }
  }
}

function result(callId: string): EntryBody {
  const text = 'a line of a file that was read\n'.repeat(50)
  return {
    type: 'result',
    result: {
      type: 'result',
      callId,
      name: 'read_file',
      content: [{ type: 'text', text }],
      isError: false,
    },
  }
}

function count(entries: Iterable<Entry>): number {
  let found = 0
  for (const _ of entries) found++
  return found
}

function timed(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

function percentiles(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  print(`${what}, p50`, at(0.5), 'ms')
  print(`${what}, p99`, at(0.99), 'ms')
}

function memory(what: string): void {
  Bun.gc(true)
  print(what, process.memoryUsage.rss() / 1024 / 1024, 'MB')
}

function print(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(60)} ${value.toFixed(2).padStart(10)} ${unit}`)
}
