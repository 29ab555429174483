/**
 * codi's own JSON (`codi.session/1`), as it was written or as another program laid it out anew. As it was written it is
 * read line by line, however long it is.
 */
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts'
import type { Entry } from '../../contract/session.ts'
import { entryOf } from './entry-shape.ts'
import { objectOf, textOf, wordsOf } from './fields.ts'
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
  let ended = false
  for await (const { text } of lines) {
    if (text?.trim() === ']}') ended = true
    if (ended || text?.trim() === '') continue
    const value = parseJson((text ?? '').replace(/,\s*$/, ''))
    add(isJsonObject(value) ? value : undefined, reading, writer)
  }
  // It was cut off: the last line is counted above where it was a part of an entry.
  if (!ended && reading.broken === 0) reading.broken++
  return reading
}

/** The facts of a first line as codi writes it. */
function headOf(line: string): JsonObject | undefined {
  if (!isCodiSession(line) || !line.endsWith('"entries":[')) return undefined
  const value = parseJson(`${line}]}`)
  return isJsonObject(value) ? objectOf(value.session) : undefined
}

function readWhole(document: JsonObject, writer: EntryWriter): CodiReading {
  const sourceId = wordsOf(objectOf(document.session)?.id) ?? ''
  const reading: CodiReading = { sourceId, broken: 0 }
  const entries = Array.isArray(document.entries) ? document.entries : []
  for (const value of entries) add(isJsonObject(value) ? value : undefined, reading, writer)
  return reading
}

function add(value: JsonObject | undefined, reading: CodiReading, writer: EntryWriter): void {
  const entry: Entry | undefined = value ? entryOf(value) : undefined
  if (entry) writer.add(entry)
  else reading.broken++
}
