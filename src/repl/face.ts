/** What every part of the REPL needs to put words on a terminal: where to, how wide, in which colours and glyphs. */
import { neutralize } from '../base/text.ts'
import type { Output } from '../terminal/output.ts'
import { type Glyphs, glyphsFor, openStyle, type Paint, type Style } from '../terminal/style.ts'
import { wrapText } from '../terminal/wrap.ts'

export interface Face {
  /** Appends to what a person reads; whole lines, or a part whose rest follows. The text must be safe already. */
  print(text: string): void
  readonly columns: number
  readonly color: boolean
  style: Style
  glyphs: Glyphs
}

export type NoticeLevel = 'info' | 'warning' | 'error'

export function openFace(
  output: Output,
  print: (text: string) => void,
  options: { stream: 'stdout' | 'stderr' } = { stream: 'stdout' },
): Face {
  const level = options.stream === 'stdout' ? output.color : output.errorColor
  return {
    print,
    get columns() {
      return output.columns
    },
    color: level > 0,
    style: openStyle(level),
    glyphs: glyphsFor(output.unicode),
  }
}

export function noticeLine(face: Face, level: NoticeLevel, text: string): string {
  const { style, glyphs } = face
  const safe = neutralize(text)
  const columns = Math.max(20, face.columns)
  const lines = (first: string, paint: Paint | undefined) =>
    `${wrapText(safe, { columns, first, rest: '  ', ...(paint ? { paint } : {}) }).join('\n')}\n`
  if (level === 'error') return lines(`${style.red(glyphs.failed)} `, style.red)
  if (level === 'warning') return lines(`${style.yellow('!')} `, undefined)
  return lines(`${style.dim(glyphs.separator)} `, style.dim)
}

/** Text from programs: their colours and escape sequences gone, progress bars as they ended. */
export function plainLines(text: string): string[] {
  return neutralizeLines(Bun.stripANSI(text).replace(/\r+\n/g, '\n'))
}

function neutralizeLines(text: string): string[] {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => neutralize(line.slice(line.lastIndexOf('\r') + 1)).replaceAll('\t', '    '))
}
