/**
 * Real work over many turns, on all wires in turns, each killed somewhere and gone on with: nothing that was shown is
 * lost, and every step can be taken back to the very tree it began with. `CODI_TEST_TURNS=20` tries more.
 */
import { expect, test } from 'bun:test'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AppEvent } from '../../src/contract/event.ts'
import { openSessionStore } from '../../src/sessions/store.ts'
import { treeOf } from '../journal/journal-bench.ts'
import { type Bench, openBench } from '../support/codi.ts'
import { type Step, startModelServer } from '../support/model-server.ts'

const turns = Number(process.env.CODI_TEST_TURNS ?? 6)
const limitMs = turns * 20_000

const wires = [
  {
    argv: ['-m', 'anthropic/claude-test'],
    env: (url: string) => ({ ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: url }),
  },
  {
    argv: ['-m', 'openai/gpt-test'],
    env: (url: string) => ({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `${url}/v1` }),
  },
  {
    argv: ['-p', 'openai-compatible', '-m', 'any-model'],
    env: (url: string) => ({ CODI_BASE_URL: `${url}/v1` }),
  },
  { argv: ['-m', 'ollama/qwen-test'], env: (url: string) => ({ OLLAMA_HOST: url }) },
]

const commands = [
  'mkdir -p gen && for i in 1 2 3; do echo "$RANDOM" > gen/f$i; done; mv gen/f1 gen/g; chmod 600 gen/g',
  'sed -i 1d grown.txt; chmod 755 grown.txt; echo more >> grown.txt; ln -sfn grown.txt link',
  'mv src moved; echo x >> moved/a.txt; mv moved src; head -c 100000 /dev/urandom > some.bin',
  'for i in 1 2 3 4 5 6 7 8; do echo "$i" > many-$i; done; rm many-1 many-2; mv many-3 many-three',
]

const said = (name: string) =>
  Array.from({ length: 5 }, (_, at) => `${name}: line ${at} of what it says, ünïcödé 👋\n`).join('')

function script(name: string, turn: number): Step[] {
  const command = (at: number) => commands[(turn + at) % commands.length] ?? ''
  return [
    {
      text: said(`${name} begins`),
      calls: [
        { id: `${name}r`, name: 'read_file', input: { path: 'grown.txt' } },
        { id: `${name}w`, name: 'write_file', input: { path: `notes/${name}`, content: name } },
      ],
    },
    {
      text: said(`${name} goes on`),
      calls: [
        {
          ...{ id: `${name}i`, name: 'insert_line' },
          input: { path: 'grown.txt', line: 1, text: name },
        },
        { id: `${name}b`, name: 'bash', input: { command: command(0) } },
      ],
    },
    { calls: [{ id: `${name}c`, name: 'bash', input: { command: command(1) } }] },
    { text: said(`${name} ends`) },
  ]
}

interface Ran {
  name: string
  before: string[]
  events: AppEvent[]
}

/** Each is met once in a run; the last ones while a command works, and after all is done. */
const killPoints = [
  'begins: line 2',
  '"summary":"run ',
  'goes on: line 3',
  '"type":"turn_start"',
  '"summary":"create notes',
  'ends: line 1',
  '"type":"session"',
  '"type":"call_end"',
]

async function run(
  bench: Bench,
  name: string,
  how: { turn: number; resumes: boolean; kill?: { at: string; signal: 'SIGKILL' | 'SIGHUP' } },
): Promise<Ran> {
  const before = treeOf(bench.root)
  const server = startModelServer()
  server.script(...script(name, how.turn))
  const wire = wires[how.turn % wires.length] ?? { argv: [], env: () => ({}) }
  const { child, ended, seen } = bench.start(
    [...wire.argv, ...(how.resumes ? ['-c'] : []), '-y', '-f', 'jsonl', `prompt of ${name}`],
    { env: wire.env(server.url) },
  )
  await child.stdin.end()
  if (how.kill) {
    await seen(how.kill.at)
    child.kill(how.kill.signal)
  }
  const { stdout, exitCode } = await ended
  server.close()
  if (!how.kill) expect({ name, exitCode }).toEqual({ name, exitCode: 0 })
  const lines = stdout.split('\n').slice(0, -1)
  return { name, before, events: lines.map((line) => JSON.parse(line) as AppEvent) }
}

/** Looked at in a copy: to take a session up again writes to it. */
function keptTexts(bench: Bench): { texts: string; prompts: string[] } {
  const path = join(bench.home, 'data', 'sessions.db')
  const copy = join(bench.home, '..', 'copy', 'sessions.db')
  rmSync(dirname(copy), { recursive: true, force: true })
  mkdirSync(dirname(copy))
  for (const suffix of ['', '-wal'])
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix)
  const notices: string[] = []
  const store = openSessionStore({ path: copy, notice: (text) => void notices.push(text) })
  const [summary] = store.list()
  const session = summary && store.resume(summary.id)
  // What a summary stands for is in the log all the same.
  const texts = [...(session?.entries() ?? [])].map((entry) => JSON.stringify(entry)).join('\n')
  const prompts = session?.prompts({ limit: 1000 }).map(({ text }) => text) ?? []
  store.close()
  expect(notices).toEqual([])
  return { texts, prompts }
}

/** But for the line that was being streamed. */
function shownLines(events: readonly AppEvent[]): string[] {
  const answers: string[] = []
  for (const event of events) {
    if (event.type === 'turn_start') answers.push('')
    if (event.type === 'text') answers.push((answers.pop() ?? '') + event.text)
  }
  return answers.flatMap((text) => text.split('\n').slice(0, -1)).filter((line) => line !== '')
}

test(
  `${turns} turns, each killed somewhere and gone on with, lose nothing and can all be taken back`,
  async () => {
    await using bench = openBench({ 'grown.txt': 'one\ntwo\n', 'src/a.txt': 'a\n' })
    const runs: Ran[] = []
    const start = treeOf(bench.root)
    for (let turn = 0; turn < turns; turn++) {
      const at = killPoints[turn % killPoints.length] ?? ''
      const signal = turn % 3 === 1 ? 'SIGHUP' : 'SIGKILL'
      for (const [name, kill] of [
        [`t${turn}k`, { at, signal }],
        [`t${turn}g`, undefined],
      ] as const) {
        const resumes = existsSync(join(bench.home, 'data', 'sessions.db'))
        const ran = await run(bench, name, { turn, resumes, ...(kill ? { kill } : {}) })
        const { texts, prompts } = keptTexts(bench)
        for (const line of shownLines(ran.events)) expect(texts).toContain(line)
        if (prompts.at(-1) === `prompt of ${name}`) runs.push(ran)
        else expect(treeOf(bench.root)).toEqual(ran.before)
      }
    }
    expect(runs.length).toBeGreaterThanOrEqual(turns)
    const end = treeOf(bench.root)

    const half = Math.ceil(turns / 2)
    expect((await bench.run(['undo', String(half), '-y'])).exitCode).toBe(0)
    expect((await bench.run(['redo', '-y'])).exitCode).toBe(0)
    expect(treeOf(bench.root)).toEqual(end)

    const preview = await bench.run(['undo', '--dry-run'])
    expect(preview.stdout).toContain(`Undo: prompt of ${runs.at(-1)?.name}`)

    // One that was killed before it changed a file may go with the step before it.
    while (keptTexts(bench).prompts.length > 0) {
      const undone = await bench.run(['undo', '-y'])
      expect(undone.exitCode).toBe(0)
      const { length } = keptTexts(bench).prompts
      expect(length).toBeLessThan(runs.length)
      expect(treeOf(bench.root)).toEqual(runs[length]?.before ?? [])
      runs.splice(length)
    }
    expect(treeOf(bench.root)).toEqual(start)
    expect(readdirSync(join(bench.home, 'data', 'leases'))).toEqual([])
  },
  limitMs,
)
