/** One tool call as lines: what it did, and as much of its result as helps a person follow. */
import { formatCount, formatDuration, neutralize, oneLine, plural } from '../base/text.ts'
import type { AppEvent } from '../contract/event.ts'
import type { Detail, TodoItem } from '../contract/tool.ts'
import { diffLines } from '../terminal/diff-view.ts'
import { fitWidth } from '../terminal/width.ts'
import { wrapText } from '../terminal/wrap.ts'
import { type Face, plainLines } from './face.ts'

type CallEnd = Extract<AppEvent, { type: 'call_end' }>

const maxDiffLines = 40
const maxOutputLines = 6
const maxListLines = 5
const maxErrorLines = 4
const slowMs = 2000

export function callLines(
  call: { summary: string; end: CallEnd; changeShown?: boolean },
  face: Face,
): string[] {
  const { style, glyphs } = face
  const { end } = call
  const mark = end.ok ? style.green(glyphs.call) : style.red(glyphs.failed)
  const note = [end.ok ? resultNote(end) : '', end.ms >= slowMs ? formatDuration(end.ms) : '']
    .filter((part) => part !== '')
    .join(` ${glyphs.separator} `)
  const room = Math.max(10, face.columns - 3 - (note === '' ? 0 : note.length + 3))
  const title = fitWidth(oneLine(neutralize(call.summary), 400), room, glyphs.ellipsis)
  const head = `${mark} ${title}${note === '' ? '' : style.dim(` ${glyphs.separator} ${note}`)}`
  if (call.changeShown && end.ok && end.detail?.type === 'diff') return [head]
  return [head, ...detailLines(end, face).map((line) => `  ${line}`)]
}

/** A word on the result, beside the title. */
function resultNote(end: CallEnd): string {
  switch (end.detail?.type) {
    case 'diff':
      return `+${end.detail.added} -${end.detail.removed}`
    case 'output':
    case 'todo':
      return ''
    case 'list':
      return listNote(end.detail.lines)
    default:
      return end.output === '' ? '' : plural(end.output.trimEnd().split('\n').length, 'line')
  }
}

function listNote(lines: string[]): string {
  if (lines.length === 0) return 'nothing'
  const only = lines.length === 1 ? oneLine(neutralize(lines[0] ?? ''), 40) : ''
  return only === '' ? plural(lines.length, 'line') : only
}

function detailLines(end: CallEnd, face: Face): string[] {
  const { style } = face
  if (!end.ok && end.detail?.type !== 'output') return errorLines(end.output, face)
  if (!end.detail) return []
  return ofDetail(end.detail)

  function ofDetail(detail: Detail): string[] {
    switch (detail.type) {
      case 'diff':
        return diffLines(detail.diff, { style, maxLines: maxDiffLines, headers: false })
      case 'output':
        return outputLines(detail, face)
      case 'list':
        return listLines(detail.lines, face)
      case 'todo':
        return todoLines(detail.items, face)
    }
  }
}

function errorLines(output: string, face: Face): string[] {
  const lines = plainLines(output).filter((line) => line.trim() !== '')
  const shown = lines
    .slice(0, maxErrorLines)
    .flatMap((line) =>
      wrapText(line, { columns: face.columns - 3, first: '', rest: '', paint: face.style.red }),
    )
  const left = lines.length - maxErrorLines
  return left > 0 ? [...shown, face.style.dim(`(${plural(left, 'more line')})`)] : shown
}

function outputLines(detail: Detail & { type: 'output' }, face: Face): string[] {
  const { style } = face
  const lines = detail.text.trim() === '' ? [] : plainLines(detail.text)
  const shown = lines.slice(-maxOutputLines).map((line) => style.dim(line))
  const left = lines.length - shown.length
  return [
    ...(left > 0 ? [style.dim(`(${plural(left, 'line')} before)`)] : []),
    ...shown,
    ...(detail.shell === undefined
      ? exitLine(detail.exitCode, face)
      : [style.dim(`runs on in the background as ${detail.shell}; /shells shows it`)]),
  ]
}

function exitLine(exitCode: number | null, face: Face): string[] {
  if (exitCode === 0) return []
  return [face.style.red(exitCode === null ? 'ended by a signal' : `exit status ${exitCode}`)]
}

function listLines(lines: string[], face: Face): string[] {
  // A single line stands beside the title.
  if (lines.length === 1) return []
  const shown = lines.slice(0, maxListLines).map((line) => {
    const text = neutralize(line).replaceAll('\n', ' ')
    return face.style.dim(fitWidth(text, Math.max(10, face.columns - 4), face.glyphs.ellipsis))
  })
  const left = lines.length - shown.length
  return left > 0 ? [...shown, face.style.dim(`(${formatCount(left)} more)`)] : shown
}

/** The whole list, a line each. */
export function todoLines(items: TodoItem[], face: Face): string[] {
  const { style, glyphs } = face
  return items.map((item) => {
    const text = oneLine(neutralize(item.text), 300)
    if (item.status === 'done') return style.dim(`${glyphs.todoDone} ${text}`)
    if (item.status === 'in_progress') return `${style.cyan(glyphs.todoActive)} ${style.bold(text)}`
    return `${glyphs.todoOpen} ${text}`
  })
}
