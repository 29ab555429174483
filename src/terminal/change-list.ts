/**
 * A set of changed files as lines for people: a sign, the name, how many lines came and went, what is to be known of it.
 * Undo, diff and try show the same.
 */
import { neutralize, plural } from '../base/text.ts'
import { changeSigns, type ListedChange } from '../contract/change-set.ts'
import type { Style } from './style.ts'

const defaultMaxRows = 200

/** A row a change; beyond `maxRows` their number. */
export function changeLines(
  changes: readonly ListedChange[],
  options: { style: Style; maxRows?: number },
): string[] {
  const { style, maxRows = defaultMaxRows } = options
  const lines = changes.slice(0, maxRows).map((change) => {
    const name = change.from === undefined ? change.path : `${change.from} -> ${change.path}`
    const parts = [
      ` ${painted(change.kind, style)} ${shownName(name)}`,
      countsText(change, style),
      change.mode ? style.dim(`mode ${change.mode.before} -> ${change.mode.after}`) : '',
      change.note === undefined ? '' : style.yellow(`(${neutralize(change.note)})`),
    ]
    return parts.filter((part) => part !== '').join('  ')
  })
  const left = changes.length - maxRows
  return left > 0 ? [...lines, style.dim(`   and ${plural(left, 'more file')}`)] : lines
}

/** `3 files changed (+10 -2)`. */
export function changesSummary(
  changes: readonly Pick<ListedChange, 'added' | 'removed'>[],
): string {
  const added = changes.reduce((sum, change) => sum + change.added, 0)
  const removed = changes.reduce((sum, change) => sum + change.removed, 0)
  return changesText({ files: changes.length, added, removed })
}

export function changesText(of: { files: number; added: number; removed: number }): string {
  const counts = of.added + of.removed === 0 ? '' : ` (+${of.added} -${of.removed})`
  return `${plural(of.files, 'file')} changed${counts}`
}

/** On one line, whatever is in it. */
export function shownName(name: string): string {
  return neutralize(name).replaceAll('\n', '␊').replaceAll('\t', '␉')
}

function painted(kind: ListedChange['kind'], style: Style): string {
  if (kind === 'created') return style.green(changeSigns[kind])
  if (kind === 'deleted') return style.red(changeSigns[kind])
  return style.cyan(changeSigns[kind])
}

function countsText({ added, removed, binary }: ListedChange, style: Style): string {
  if (binary) return style.dim('binary')
  if (added + removed === 0) return ''
  return `${style.green(`+${added}`)} ${style.red(`-${removed}`)}`
}
