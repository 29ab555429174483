/**
 * The bytes of the trained word vectors: u32 stems, u32 dimensions, u32 bytes of text; a scale (f32) for each stem as
 * query word, then as code word; their rows (int8), query words first; then the stems, one a line. Little-endian.
 */

export interface WordVectors {
  dimensions: number
  stems: string[]
  /** Row after row, as trained or read. */
  query: Float32Array
  code: Float32Array
}

/** Rows as they are stored: value = int8 × scale. */
export interface QuantizedVectors {
  dimensions: number
  stems: string[]
  queryScales: Float32Array
  codeScales: Float32Array
  query: Int8Array
  code: Int8Array
}

const headerBytes = 12
const largest = 127

export function encodeWordVectors(vectors: WordVectors): Uint8Array {
  const { stems, dimensions } = vectors
  const text = new TextEncoder().encode(stems.join('\n'))
  const layout = layoutOf(stems.length, dimensions)
  const bytes = new Uint8Array(layout.text + text.length)
  new Uint32Array(bytes.buffer, 0, 3).set([stems.length, dimensions, text.length])
  const place = (values: Float32Array, scalesAt: number, rowsAt: number) => {
    const scales = new Float32Array(bytes.buffer, scalesAt, stems.length)
    const rows = new Int8Array(bytes.buffer, rowsAt, stems.length * dimensions)
    for (let row = 0; row < stems.length; row++) {
      let high = 0
      for (let at = row * dimensions; at < (row + 1) * dimensions; at++)
        high = Math.max(high, Math.abs(values[at] ?? 0))
      const scale = Math.fround(high / largest) || 1
      scales[row] = scale
      for (let at = row * dimensions; at < (row + 1) * dimensions; at++)
        rows[at] = Math.round((values[at] ?? 0) / scale)
    }
  }
  place(vectors.query, layout.queryScales, layout.query)
  place(vectors.code, layout.codeScales, layout.code)
  bytes.set(text, layout.text)
  return bytes
}

/** Views into one copy of the bytes. */
export function decodeWordVectors(bytes: Uint8Array): QuantizedVectors {
  const buffer = bytes.slice().buffer
  const [count = 0, dimensions = 0, textBytes = 0] = new Uint32Array(buffer, 0, 3)
  const layout = layoutOf(count, dimensions)
  const text = new TextDecoder().decode(new Uint8Array(buffer, layout.text, textBytes))
  return {
    dimensions,
    stems: text === '' ? [] : text.split('\n'),
    queryScales: new Float32Array(buffer, layout.queryScales, count),
    codeScales: new Float32Array(buffer, layout.codeScales, count),
    query: new Int8Array(buffer, layout.query, count * dimensions),
    code: new Int8Array(buffer, layout.code, count * dimensions),
  }
}

function layoutOf(count: number, dimensions: number) {
  const queryScales = headerBytes
  const codeScales = queryScales + count * 4
  const query = codeScales + count * 4
  const code = query + count * dimensions
  return { queryScales, codeScales, query, code, text: code + count * dimensions }
}
