/** Lines of files as answers show them, each file read once for an answer. */
import { readSource } from './source.ts'

const maxShownChars = 200

/** The 0-based line, trimmed; empty where the file cannot be read. */
export function createLineReader(): (path: string, line: number) => Promise<string> {
  const texts = new Map<string, Promise<string[]>>()
  return async (path, line) => {
    let lines = texts.get(path)
    if (!lines) {
      lines = readSource(path).then(
        ({ text }) => text.split(/\r\n|\n|\r/),
        () => [],
      )
      texts.set(path, lines)
    }
    return ((await lines)[line] ?? '').trim().slice(0, maxShownChars)
  }
}
