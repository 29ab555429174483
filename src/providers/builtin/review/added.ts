/** The added lines of a file with what the line checks need to know of each. */
import type { FileDiff } from '../diff.ts'
import { codeOnly, isTest, type Language, languageOf } from '../languages.ts'

export interface AddedLine {
  line: number
  text: string
  /** Without strings and comments. */
  code: string
  /** The next lines of the new side, changed or not, as they stand. */
  following: string[]
}

export interface AddedFile {
  file: FileDiff
  path: string
  language: Language | undefined
  test: boolean
  lines: AddedLine[]
}

const followingLines = 4

export function addedLines(file: FileDiff): AddedFile {
  const language = languageOf(file.path)
  const lines: AddedLine[] = []
  for (const hunk of file.hunks) {
    const side = hunk.lines.filter((line) => line.type !== '-')
    for (const [index, line] of side.entries()) {
      if (line.type !== '+') continue
      lines.push({
        line: line.newLine,
        text: line.text,
        code: codeOnly(line.text, language),
        following: side.slice(index + 1, index + 1 + followingLines).map((next) => next.text),
      })
    }
  }
  return { file, path: file.path, language, test: isTest(file.path), lines }
}
