/**
 * `bun test/bench/bench.ts compaction`: what a summary of a long conversation costs and what it keeps of thirty facts that
 * were said, changed, failed or reported once; and how near estimates come to what two public tokenizers count.
 */

import { uncalibrated } from '../../src/agent/calibration.ts'
import { compact } from '../../src/agent/compact.ts'
import { candidates, elide } from '../../src/agent/elide.ts'
import { textTokens } from '../../src/agent/estimate.ts'
import { openMeter } from '../../src/agent/meter.ts'
import rows from '../fixtures/token-counts.json' with { type: 'json' }
import { tracedCare } from '../support/care.ts'
import { facts, faithfulSummary, keptFacts, plantedWork } from '../support/planted-facts.ts'
import { median } from './measure.ts'

const runs = 9
const windows = [200_000, 32_000, 8192]

for (const window of windows) {
  for (const how of ['without a model', 'faithful summariser'] as const) {
    const times: number[] = []
    let line = ''
    for (let run = 0; run < runs; run++) {
      const work = plantedWork(200_000)
      const care = tracedCare({
        answer: async ({ text }) => faithfulSummary(text),
        summaryWindow: window,
      })
      const { ask, ...without } = care.summarizer
      const summarizer =
        how === 'without a model' ? without : { ...without, ...(ask ? { ask } : {}) }
      const sizeOf = (items: typeof work) => care.meter.messages(items.map((item) => item.message))
      const before = sizeOf(work)
      const started = performance.now()
      const items = await compact(work, {
        ...{ care: { ...care, summarizer }, by: 'budget' as const, window, worth: 1 },
        keep: Math.min(20_000, window / 8),
        sizeOf: (list) => sizeOf([...list]),
        record: () => work.length + 10,
        emit: () => undefined,
        signal: new AbortController().signal,
      })
      times.push(performance.now() - started)
      const kept = keptFacts(items ?? [])
      const lost = facts.filter((fact) => !kept.includes(fact)).map(({ key }) => key)
      line = `${before} -> ${sizeOf(items ?? [])} tokens, ${care.asked.length} requests, ${kept.length} of ${facts.length} facts${lost.length > 0 ? ` (lost: ${lost.join(', ')})` : ''}`
    }
    console.log(`window ${window}, ${how}: ${median(times).toFixed(1)} ms, ${line}`)
  }
}

const work = plantedWork(200_000)
const times: number[] = []
for (let run = 0; run < runs; run++) {
  // A meter of its own: each message is scanned once only.
  const care = tracedCare({ meter: openMeter(uncalibrated) })
  const started = performance.now()
  await elide(
    candidates(work, { meter: care.meter, protect: { results: 4, tokens: 20_000 } }),
    care,
  )
  times.push(performance.now() - started)
}
console.log(`elision over all of it, results kept in memory: ${median(times).toFixed(1)} ms`)

const text = rows
  .map((row) => row.text)
  .join('\n')
  .repeat(40)
const started = performance.now()
textTokens(text)
const perMb = ((performance.now() - started) / text.length) * 1e6
console.log(`estimate: ${perMb.toFixed(1)} ms a million characters`)
for (const name of ['cl100k', 'o200k'] as const) {
  const errors = rows.map((row) => {
    const { plain, wide } = textTokens(row.text)
    return { kind: row.kind, error: (plain + wide) / row[name] - 1 }
  })
  const mean = errors.reduce((sum, { error }) => sum + Math.abs(error), 0) / errors.length
  const each = errors.map(({ kind, error }) => `${kind} ${(error * 100).toFixed(0)}`).join(', ')
  console.log(`against ${name}: ${(mean * 100).toFixed(1)} % off in the mean (${each})`)
}
