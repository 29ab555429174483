/**
 * The bytes of the association table: u32 rows, u32 stems, u32 entries, u32 bytes of text; where each row's entries
 * begin (u32 each, one more for the end); the stem of each entry (u16); its probability in 255ths (u8); then all
 * stems, one a line, those of the rows first. Little-endian.
 */

export interface Association {
  stem: string
  /** 0 to 1. */
  p: number
}

export interface AssociationRow {
  stem: string
  entries: Association[]
}

const headerBytes = 16
const probabilitySteps = 255

export function encodeAssociations(rows: readonly AssociationRow[]): Uint8Array {
  const stems = rows.map((row) => row.stem)
  const ids = new Map(stems.map((stem, id) => [stem, id]))
  const entries = rows.flatMap((row) => row.entries)
  for (const { stem } of entries)
    if (!ids.has(stem)) {
      ids.set(stem, stems.length)
      stems.push(stem)
    }
  if (stems.length > 0xffff) throw new Error(`${stems.length} stems do not fit into 16 bits`)
  const text = new TextEncoder().encode(stems.join('\n'))
  const layout = layoutOf(rows.length, entries.length)
  const bytes = new Uint8Array(layout.text + text.length)
  const header = new Uint32Array(bytes.buffer, 0, 4)
  header.set([rows.length, stems.length, entries.length, text.length])
  const starts = new Uint32Array(bytes.buffer, layout.starts, rows.length + 1)
  let at = 0
  rows.forEach((row, index) => {
    starts[index] = at
    at += row.entries.length
  })
  starts[rows.length] = at
  new Uint16Array(bytes.buffer, layout.stems, entries.length).set(
    entries.map((entry) => ids.get(entry.stem) ?? 0),
  )
  bytes.set(
    entries.map((entry) => Math.max(1, Math.round(entry.p * probabilitySteps))),
    layout.probabilities,
  )
  bytes.set(text, layout.text)
  return bytes
}

/** Answers what stands for a stem, likeliest first; nothing is unpacked before it is asked for. */
export function decodeAssociations(bytes: Uint8Array): (stem: string) => Association[] {
  const buffer = bytes.slice().buffer
  const header = new Uint32Array(buffer, 0, headerBytes / 4)
  const [rows = 0, , entries = 0, textBytes = 0] = header
  const layout = layoutOf(rows, entries)
  const starts = new Uint32Array(buffer, layout.starts, rows + 1)
  const ids = new Uint16Array(buffer, layout.stems, entries)
  const probabilities = new Uint8Array(buffer, layout.probabilities, entries)
  const stems = new TextDecoder().decode(new Uint8Array(buffer, layout.text, textBytes)).split('\n')
  const rowOf = new Map(stems.slice(0, rows).map((stem, row) => [stem, row]))
  return (stem) => {
    const row = rowOf.get(stem)
    if (row === undefined) return []
    const found: Association[] = []
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++)
      found.push({
        stem: stems[ids[at] ?? 0] ?? '',
        p: (probabilities[at] ?? 0) / probabilitySteps,
      })
    return found
  }
}

function layoutOf(rows: number, entries: number) {
  const starts = headerBytes
  const stems = starts + (rows + 1) * 4
  const probabilities = stems + entries * 2
  return { starts, stems, probabilities, text: probabilities + entries }
}
