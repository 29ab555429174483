/** Some lines of a file of any size, read as a stream: memory holds one chunk and the page. */

export interface LinePage {
  lines: {
    /** 1-based. */
    number: number
    text: string
    /** Of the whole line. */
    bytes: number
    /** Where the part that is left out begins; undefined when the line is shown to its end. */
    nextColumn: number | undefined
  }[]
  /** Lines in the file. */
  total: number
}

interface PageOptions {
  offset: number
  limit: number
  /** 1-based byte at which each line begins to be shown. */
  column: number
  signal: AbortSignal
}

const maxLineBytes = 4000
const maxPageBytes = 40_000
const newline = 10

export async function readPage(path: string, options: PageOptions): Promise<LinePage> {
  const { offset, column } = options
  const lines: LinePage['lines'] = []
  let number = 1
  let lineBytes = 0
  let kept: Uint8Array[] = []
  let pageBytes = 0

  const wanted = () => number >= offset && lines.length < options.limit && pageBytes < maxPageBytes

  const take = (part: Uint8Array) => {
    if (wanted()) {
      const from = Math.max(0, column - 1 - lineBytes)
      const to = column - 1 + maxLineBytes - lineBytes
      // A copy, because the stream may use the chunk's memory again.
      if (from < part.length && to > 0) kept.push(part.slice(from, to))
    }
    lineBytes += part.length
  }

  const endLine = () => {
    if (wanted()) {
      const shown = Buffer.concat(kept)
      const end = column - 1 + shown.length
      pageBytes += shown.length + 8
      lines.push({
        number,
        text: wholeCharacters(shown.toString('utf8')),
        bytes: lineBytes,
        nextColumn: end < lineBytes ? end + 1 : undefined,
      })
    }
    number++
    lineBytes = 0
    kept = []
  }

  for await (const chunk of Bun.file(path).stream()) {
    options.signal.throwIfAborted()
    let start = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, at))
      endLine()
      start = at + 1
    }
    take(chunk.subarray(start))
  }
  if (lineBytes > 0) endLine()
  return { lines, total: number - 1 }
}

/** A cut at a byte may split a character at either end; those halves are dropped. */
function wholeCharacters(text: string): string {
  return text.replace(/^\ufffd{1,3}|\ufffd{1,3}$/g, '').replace(/\r$/, '')
}
