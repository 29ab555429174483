/**
 * A session as `codi.session/1`: one JSON object, an entry a line, so that it streams out and in again. It holds all
 * entries as they are, those off the path too; secrets are masked, and what holds here alone (`portable`) is left out.
 * docs/sessions.md describes it.
 */
import { printableJson } from '../../base/json.ts'
import type { Entry, SessionSummary } from '../../contract/session.ts'
import { type Mask, maskedEntry } from './masked-entry.ts'
import { portable } from './portable.ts'

export const sessionSchema = 'codi.session/1'

export interface SessionExport {
  summary: SessionSummary
  head: number | null
  /** What is written may be read twice. */
  path(): Iterable<Entry>
  entries(): Iterable<Entry>
}

export function* writeJson(session: SessionExport, mask: Mask): Generator<string> {
  const { id, label, name, cwd, provider, model, createdAt, updatedAt } = session.summary
  const about = {
    id,
    label: mask(label),
    ...(name === undefined ? {} : { name: mask(name) }),
    cwd,
    provider,
    model,
    createdAt,
    updatedAt,
    head: session.head,
  }
  yield `{"schema":"${sessionSchema}","session":${printableJson(about)},"entries":[`
  let separator = '\n'
  for (const entry of session.entries()) {
    yield separator + printableJson(maskedEntry(portable(entry), mask))
    separator = ',\n'
  }
  yield '\n]}\n'
}
