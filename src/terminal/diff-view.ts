/** A unified diff as a person judges it: colours, line numbers left out, long ones cut with a count. */
import { neutralize, plural } from '../base/text.ts'
import type { Style } from './style.ts'

export function diffLines(
  diff: string,
  options: { style: Style; maxLines: number; headers: boolean },
): string[] {
  const { style } = options
  const lines = neutralize(diff)
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => options.headers || !isHeader(line))
  const shown = lines.slice(0, options.maxLines).map((line) => paintLine(line, style))
  const left = lines.length - shown.length
  return left > 0 ? [...shown, style.dim(`(${plural(left, 'more line')})`)] : shown
}

function isHeader(line: string): boolean {
  return /^(?:diff --git |index |--- |\+\+\+ |new file mode|deleted file mode|old mode)/.test(line)
}

function paintLine(line: string, style: Style): string {
  const text = line.replaceAll('\t', '    ')
  if (isHeader(text)) return style.bold(text)
  if (text.startsWith('@@')) return style.cyan(text)
  if (text.startsWith('+')) return style.green(text)
  if (text.startsWith('-')) return style.red(text)
  return text
}
