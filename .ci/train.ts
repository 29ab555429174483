/**
 * `bun run train [--cache DIR]`: fetches the packages of workers/vectors/train/packages.ts by npm, learns from their
 * doc comments and writes workers/vectors/trained/. Some minutes; the same bytes each time. `--cache` keeps what was
 * fetched for the next run.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fetchPackage } from '../workers/vectors/train/fetch.ts'
import { trainingPackages } from '../workers/vectors/train/packages.ts'
import { standardTraining, type TrainingSource, train } from '../workers/vectors/train.ts'

const target = resolve(import.meta.dir, '../workers/vectors/trained')
/** What a commit may hold of it. */
const maxProductBytes = 2_000_000

try {
  const { values } = parseArgs({ options: { cache: { type: 'string' } } })
  const kept = values.cache === undefined ? undefined : resolve(values.cache)
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'codi-train-'))
  try {
    mkdirSync(directory, { recursive: true })
    await run(directory)
  } finally {
    if (kept === undefined) rmSync(directory, { recursive: true, force: true })
  }
} catch (thrown) {
  console.error(`train: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  process.exitCode = 1
}

async function run(directory: string): Promise<void> {
  const sources: TrainingSource[] = []
  for (const row of trainingPackages)
    sources.push({ ...row, directory: await fetchPackage(directory, row) })
  const products = train(sources, { ...standardTraining, onProgress: (text) => console.log(text) })
  const bytes = products.associations.length + products.words.length
  if (bytes > maxProductBytes)
    throw new Error(
      `the products have ${bytes} bytes, more than ${maxProductBytes}: lower maxStems`,
    )
  writeFileSync(join(target, 'associations.bin'), products.associations)
  writeFileSync(join(target, 'words.bin'), products.words)
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(products.manifest, null, 2)}\n`)
  console.log(`${bytes} bytes in ${target}`)
}
