/** Uses of a name as a list. */
import { plural } from '../../../base/text.ts'
import type { UseRow } from '../results.ts'
import { at, code } from './markdown.ts'

/** One line a function: its further uses are counted. */
export function useLines(uses: readonly UseRow[], limit: number): string {
  const groups = [...Map.groupBy(uses, keyOf).values()]
  const lines = groups.slice(0, limit).map((group) => {
    const [first, ...more] = group
    const rest = more.length === 0 ? '' : `, and ${plural(more.length, 'more line')} there`
    return first ? useLine(first) + rest : ''
  })
  const left = groups.slice(limit).reduce((sum, group) => sum + group.length, 0)
  if (left > 0) lines.push(`- … and ${plural(left, 'more place')}`)
  return lines.join('\n')
}

function keyOf(use: UseRow): string {
  return use.enclosing === '' ? `${use.file}:${use.line}` : `${use.file} ${use.enclosing}`
}

export function useLine(use: UseRow): string {
  const where = use.enclosing === '' ? '' : ` in ${code(use.enclosing)}`
  return `- ${at(use.file, use.line)}${where}: ${code(use.text.slice(0, 120))}`
}
