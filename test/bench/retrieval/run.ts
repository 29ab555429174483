/**
 * `bun run bench retrieval [--part tune] [--only a,b] [--cache DIR] [--table] [--json]`: search quality on
 * questions with known answers, by the workers' own code. MRR within 10 and recall at 5, of places and of files: plain
 * FTS5 BM25, the whole, the whole without each feature and (`--table`) without the learnt table; per language; commit
 * subjects; speed.
 */
import { parseArgs } from 'node:util'
import { constants } from '../../../workers/vectors/constants.ts'
import type { FeatureName } from '../../../workers/vectors/features.ts'
import { collect, type ObservedSet, type Style, usualCache } from './collect.ts'
import { measure, percentile, type Ranks, ranksWith } from './measures.ts'
import { isFunction, noAssociations, type Observation } from './observe.ts'

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'test' },
    only: { type: 'string' },
    cache: { type: 'string' },
    table: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const part = values.part
if (part !== 'tune' && part !== 'test') throw new Error(`--part ${part}: tune or test`)

const options = {
  cache: values.cache ?? usualCache(),
  part,
  say: (text: string) => console.error(text),
  ...(values.only !== undefined && { only: new Set(values.only.split(',')) }),
} as const
const sets = await collect(options)
/** Asks everything a second time. */
const withoutTable = values.table
  ? await collect({ ...options, associations: noAssociations, say: () => {} })
  : []

interface Row {
  name: string
  questions: number
  functionMrr: number
  functionRecall: number
  fileMrr: number
  fileRecall: number
}

const styled = (of: ObservedSet[], style: Style) => of.filter((set) => set.style === style)
const rows: Row[] = []
for (const style of ['docs', 'types', 'vague', 'commits'] as const) {
  const own = styled(sets, style)
  add(`${style}: plain BM25 (FTS5)`, own, (one) => one.baseline)
  add(`${style}: the whole`, own, ordered({}))
  add(`${style}: as answered (3 a file)`, own, (one) => one.answered)
  add(`${style}: without the table`, styled(withoutTable, style), ordered({}))
}
const docs = styled(sets, 'docs')
add('docs, only functions compete: plain BM25', docs, (one) => one.baselineOfFunctions)
add('docs, only functions compete: the whole', docs, (one) => ranksWith(one, constants, isFunction))
for (const name of Object.keys(constants) as FeatureName[])
  if (constants[name] !== 0 && name !== 'model')
    add(`docs: without ${name}`, docs, ordered({ [name]: 0 }))
for (const language of new Set(docs.map((set) => set.language ?? ''))) {
  const own = docs.filter((set) => set.language === language)
  add(`${language}: plain BM25 (FTS5)`, own, (one) => one.baseline)
  add(`${language}: the whole`, own, ordered({}))
}

const times = sets.flatMap((set) => set.observations.map((one) => one.milliseconds))
const speed = { p50: percentile(times, 0.5), p95: percentile(times, 0.95) }
if (values.json) console.log(JSON.stringify({ part, rows, speed }, null, 2))
else print()

function ordered(changed: Partial<Record<FeatureName, number>>): (one: Observation) => Ranks {
  return (one) => ranksWith(one, { ...constants, ...changed })
}

function add(name: string, of: ObservedSet[], ranks: (one: Observation) => Ranks): void {
  const found = of.flatMap((set) => set.observations.map(ranks))
  if (found.length === 0) return
  const places = measure(found.map((one) => one.place))
  const files = measure(found.map((one) => one.file))
  rows.push({
    name,
    questions: found.length,
    functionMrr: places.mrr,
    functionRecall: places.recall,
    fileMrr: files.mrr,
    fileRecall: files.recall,
  })
}

function print(): void {
  const width = Math.max(...rows.map((row) => row.name.length))
  console.log(`${'order'.padEnd(width)}  asked  function MRR@10  R@5   file MRR@10  R@5`)
  for (const row of rows) {
    const isCommit = row.name.startsWith('commits')
    const number = (value: number) => value.toFixed(3)
    const functions = isCommit
      ? '   -     -  '
      : `${number(row.functionMrr)} ${number(row.functionRecall)}`
    console.log(
      `${row.name.padEnd(width)}  ${String(row.questions).padStart(5)}   ${functions}   ${number(row.fileMrr)} ${number(row.fileRecall)}`,
    )
  }
  console.log(`one question: p50 ${speed.p50.toFixed(1)} ms, p95 ${speed.p95.toFixed(1)} ms`)
}
