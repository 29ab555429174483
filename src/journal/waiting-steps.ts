/**
 * Steps of prompts that changed no file, put off until somebody opens the journal: most prompts are such, and to open it
 * for each would cost as much as all else that codi does beside waiting for a model. One line each, oldest first.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseJson } from '../base/json.ts'
import type { JournalStore } from './store.ts'
import type { StepRow } from './store-rows.ts'

const name = 'waiting-steps.jsonl'
/** Of more prompts without any change the oldest are forgotten. */
const maxBytes = 1024 * 1024

export type WaitingStep = Omit<StepRow, 'id'>

export function putOff(directory: string, row: WaitingStep): void {
  const path = join(directory, name)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) rmSync(path)
  appendFileSync(path, `${JSON.stringify(row)}\n`, { mode: 0o600 })
}

export function areWaiting(directory: string): boolean {
  return [name, `${name}.taken`].some((each) => existsSync(join(directory, each)))
}

/** What was put off becomes rows, once: also after a crash in the middle. */
export function takeWaiting(directory: string, store: JournalStore): void {
  const path = join(directory, name)
  const taken = `${path}.taken`
  const wasLeft = existsSync(taken)
  if (!wasLeft) {
    if (!existsSync(path)) return
    renameSync(path, taken)
  }
  for (const line of readFileSync(taken, 'utf8').split('\n')) {
    const row = parseJson(line)
    if (!isWaitingStep(row)) continue
    // Some of those that a crash left may be rows already.
    if (!wasLeft || stepOf(store, row) === undefined) store.addStep(row)
  }
  rmSync(taken, { force: true })
}

/** The row of the same prompt. */
export function stepOf(
  store: JournalStore,
  { session, entry, kind }: WaitingStep,
): number | undefined {
  if (session === null) return undefined
  return store.steps({ session }).find((row) => row.entry === entry && row.kind === kind)?.id
}

function isWaitingStep(row: unknown): row is WaitingStep {
  if (!isJsonObject(row)) return false
  const texts = [row.root, row.session, row.kind, row.label].every((it) => typeof it === 'string')
  const counts = [row.entry, row.at].every((it) => typeof it === 'number')
  return (
    texts && counts && row.kind === 'prompt' && Array.isArray(row.refers) && row.refers.length === 0
  )
}
