/**
 * `bun run bench policy [--rounds N]`: what judging a command costs: the first one, with and without the grammar; warm,
 * over the corpus of the tests, by the fast path and by the grammar; texts that are long or meant to be hard; memory
 * after many.
 */
import { parseArgs } from 'node:util'
import { openJudge } from '../../src/permissions/exec/judge.ts'
import { readPlain } from '../../src/permissions/exec/plain.ts'
import { openPrograms } from '../../src/permissions/exec/programs.ts'
import { outcomeOf, place, readCorpus, strictness } from '../permissions/exec/corpus.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } })
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds ${values.rounds} is not a number of rounds`)

const megabyte = 1024 * 1024
const options = { ...place, rules: [] }
const corpus = readCorpus()
const judge = openJudge()

const print = (name: string, value: string): void => console.log(`${name.padEnd(54)} ${value}`)
const rss = (): number => process.memoryUsage().rss / megabyte

async function timed(text: string): Promise<number> {
  const started = performance.now()
  await judge.command(text, options)
  return performance.now() - started
}

function at(sorted: readonly number[], share: number): string {
  return `${(sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(4)} ms`
}

print('programs in the table', String(openPrograms().size))
const before = rss()
print('first command, plain words', `${(await timed('git status')).toFixed(1)} ms`)
const plain = rss()
print(
  'first command with shell syntax (loads the grammar)',
  `${(await timed('ls | wc -l')).toFixed(1)} ms`,
)
print(
  'memory of the table; of the grammar',
  `${(plain - before).toFixed(1)} MB; ${(rss() - plain).toFixed(1)} MB`,
)

let tooFree = 0
let tooStrict = 0
for (const { text, expected } of corpus) {
  const got = strictness.indexOf(outcomeOf(await judge.command(text, options)))
  const wanted = strictness.indexOf(expected)
  if (got < wanted) tooFree++
  if (got > wanted) tooStrict++
}
print(`corpus of ${corpus.length}: too free; too strict`, `${tooFree}; ${tooStrict}`)

const fast: number[] = []
const slow: number[] = []
for (let round = 0; round < rounds; round++)
  for (const { text } of corpus) (readPlain(text, place.cwd) ? fast : slow).push(await timed(text))
Bun.gc(true)
const settled = rss()
for (const [name, times] of [
  ['plain words', fast],
  ['shell syntax', slow],
  ['all', [...fast, ...slow]],
] as const) {
  const sorted = [...times].sort((a, b) => a - b)
  print(`warm, ${name}: p50; p99`, `${at(sorted, 0.5)}; ${at(sorted, 0.99)}`)
}

const hard: Readonly<Record<string, string>> = {
  'one word of 100 KB': `echo ${'a'.repeat(100_000)}`,
  '10,000 statements': 'ls;'.repeat(10_000),
  '20,000 open parentheses': '('.repeat(20_000),
  '5,000 nested substitutions': `${'$('.repeat(5_000)}${')'.repeat(5_000)}`,
  '20,000 pipes': 'ls |'.repeat(20_000),
  '119,000 quotes': "'".repeat(119_000),
}
for (const [name, text] of Object.entries(hard)) print(name, `${(await timed(text)).toFixed(0)} ms`)

for (let round = 0; round < rounds; round++)
  for (const { text } of corpus) await judge.command(text, options)
Bun.gc(true)
print(
  `memory, after as many again (${rounds * corpus.length})`,
  `${(rss() - settled).toFixed(1)} MB more`,
)
