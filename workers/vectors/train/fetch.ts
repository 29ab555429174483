/**
 * Brings one package of the table into a directory, by npm as it is configured, without running anything of it. What
 * is there already is not fetched again. A licence that is not the table's, or not allowed, ends the training.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError } from '../../../src/base/errors.ts'
import { runProgram } from '../../../src/base/process.ts'
import { allowedLicences, type TrainingPackage } from './packages.ts'

const packTimeoutMs = 180_000

/** Answers the directory of its files. */
export async function fetchPackage(
  directory: string,
  row: TrainingPackage,
  signal?: AbortSignal,
): Promise<string> {
  const spec = `${row.name}@${row.version}`
  const target = join(directory, spec.replaceAll('/', '-'))
  if (!existsSync(target)) {
    const fresh = `${target}.part`
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(join(fresh, 'files'), { recursive: true })
    const argv = ['npm', 'pack', spec, '--ignore-scripts', '--json', '--loglevel=error']
    const packed = await runChecked([...argv, '--pack-destination', fresh], spec, signal)
    const archive = join(fresh, archiveName(packed, spec))
    const unpack = ['tar', '-xzf', archive, '--strip-components=1', '-C', join(fresh, 'files')]
    await runChecked(unpack, spec, signal)
    renameSync(join(fresh, 'files'), target)
    rmSync(fresh, { recursive: true, force: true })
  }
  checkLicence(target, row)
  return target
}

async function runChecked(argv: string[], spec: string, signal?: AbortSignal): Promise<string> {
  const run = await runProgram(argv, { timeoutMs: packTimeoutMs, ...(signal && { signal }) })
  if (run.exitCode === 0) return run.stdout
  const reason = run.stderr.trim().split('\n').at(-1) ?? ''
  throw new CodiError('unreachable', `Cannot fetch ${spec}: ${argv[0]} said: ${reason}`)
}

function archiveName(json: string, spec: string): string {
  const answer: unknown = JSON.parse(json)
  const rows: unknown[] = Array.isArray(answer) ? answer : Object.values(Object(answer))
  const [row] = rows
  if (typeof row === 'object' && row !== null && 'filename' in row)
    return String(row.filename).replace(/^@/, '').replaceAll('/', '-')
  throw new CodiError('invalid', `npm did not name the file of ${spec}; try a newer npm`)
}

export function checkLicence(directory: string, row: TrainingPackage): void {
  const spec = `${row.name}@${row.version}`
  const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const field = (name: string) =>
    typeof manifest === 'object' && manifest !== null && name in manifest
      ? String((manifest as Record<string, unknown>)[name])
      : ''
  if (field('version') !== row.version)
    throw new CodiError('invalid', `${spec} says that it is version ${field('version')}`)
  const licence = field('license')
  if (licence !== row.licence || !allowedLicences.has(licence))
    throw new CodiError(
      'denied',
      `${spec} has the licence "${licence}"; the table says ${row.licence}, and allowed are ${[...allowedLicences].join(', ')}`,
    )
}
