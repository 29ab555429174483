/**
 * codi's own JSON (`codi.session/1`), as it was written or as another program laid it out anew. As it was written it is
 * read line by line, however long it is.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import { entryOf } from './entry-shape.ts'
import { isCount, objectOf, parseForeign, textOf, wordsOf } from './fields.ts'
import { textLines } from './lines.ts'
import { readDocument } from './read-earlier.ts'
import type { EntryWriter } from './recording.ts'
import { sessionSchema } from './write-json.ts'

export interface CodiReading {
  sourceId: string
  /** Entries that could not be read. */
  broken: number
}

/** Whether a file begins as one of codi's. */
export function isCodiSession(beginning: string): boolean {
  return new RegExp(`^\\s*\\{\\s*"schema"\\s*:\\s*"${sessionSchema.replace('.', '\\.')}"`).test(
    beginning,
  )
}

/** A session of a later codi says so in its schema: what this one cannot read of it is counted as broken. */
export async function readCodi(
  path: string,
  writer: EntryWriter,
  signal: AbortSignal,
): Promise<CodiReading> {
  const lines = textLines(path, signal)
  const first = (await lines.next()).value as { text: string | undefined } | undefined
  const head = headOf(first?.text ?? '')
  if (!head) {
    await lines.return(undefined)
    return readWhole(await readDocument(path, signal), writer)
  }
  const reading: CodiReading = { sourceId: textOf(head.id) ?? '', broken: 0 }
  const add = bridging(reading, writer)
  let ended = false
  for await (const { text } of lines) {
    if (text?.trim() === ']}') ended = true
    if (ended || text?.trim() === '') continue
    add(parseForeign((text ?? '').replace(/,\s*$/, '')))
  }
  // It was cut off: the last line is counted above where it was a part of an entry.
  if (!ended && reading.broken === 0) reading.broken++
  return reading
}

/** The facts of a first line as codi writes it. */
function headOf(line: string): JsonObject | undefined {
  if (!isCodiSession(line) || !line.endsWith('"entries":[')) return undefined
  const value = parseForeign(`${line}]}`)
  return isJsonObject(value) ? objectOf(value.session) : undefined
}

function readWhole(document: JsonObject, writer: EntryWriter): CodiReading {
  const sourceId = wordsOf(objectOf(document.session)?.id) ?? ''
  const reading: CodiReading = { sourceId, broken: 0 }
  const bridged = bridging(reading, writer)
  for (const value of Array.isArray(document.entries) ? document.entries : []) bridged(value)
  return reading
}

/** What follows an entry that cannot be read goes on from the one before it: it costs itself alone. */
function bridging(
  reading: CodiReading,
  writer: EntryWriter,
): (value: JsonValue | undefined) => void {
  const before = new Map<number, number | null>()
  const standing = (id: number | null) =>
    id === null ? null : before.has(id) ? (before.get(id) ?? null) : id
  return (value) => {
    const given = isJsonObject(value) ? value : {}
    const entry = entryOf(given)
    if (entry) {
      const parent = standing(entry.parent)
      writer.add(
        entry.type === 'head'
          ? { ...entry, parent, entry: standing(entry.entry) }
          : { ...entry, parent },
      )
      return
    }
    reading.broken++
    const { id, parent } = given
    if (isCount(id)) before.set(id, standing(isCount(parent) ? parent : null))
  }
}
