/** Links of the code graphs as lines of an answer. */
import type { GraphLink, GraphRow } from '../graph-results.ts'
import { at, code } from './markdown.ts'

/** Where a node is: a file, a definition, or a package that has no place here. */
function nodeAt(node: GraphRow): string {
  return node.file === '' || node.kind === 'external'
    ? code(node.name || node.file)
    : at(node.file, node.line)
}

export function nodeText(node: GraphRow): string {
  return node.name === '' || node.line === 0 ? nodeAt(node) : `${code(node.name)} ${nodeAt(node)}`
}

/** Who leads here: the line that says so, and what it stands in. */
export function callerLine({ from, line }: GraphLink): string {
  const inside = from.name === '' ? '' : ` in ${code(from.name)}`
  return `- ${at(from.file, line > 0 ? line : from.line)}${inside}`
}

/** At most `limit` of them as a list; the rest is counted. */
export function listLines<T>(
  items: readonly T[],
  limit: number,
  line: (item: T) => string,
): string {
  const shown = items.slice(0, limit).map(line)
  const rest = items.length - shown.length
  if (rest > 0) shown.push(`- … and ${rest} more`)
  return shown.join('\n')
}
