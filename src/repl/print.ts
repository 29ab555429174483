/** Whole texts on the screen: lines as they are, Markdown as it is meant. */
import { neutralize } from '../base/text.ts'
import { openMarkdown } from '../terminal/markdown.ts'
import type { Face } from './face.ts'

export function printText(face: Face, lines: readonly string[]): void {
  face.print(lines.map((line) => `${neutralize(line)}\n`).join(''))
}

export function printMarkdown(face: Face, text: string): void {
  const { style, glyphs, color } = face
  const markdown = openMarkdown({ columns: () => face.columns, style, glyphs, color })
  face.print(markdown.push(text.endsWith('\n') ? text : `${text}\n`) + markdown.end())
}
