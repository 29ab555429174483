/** Uses of a name as a list. */
import { plural } from '../../../base/text.ts'
import type { UseRow } from '../results.ts'
import { at, code } from './markdown.ts'

export function useLines(uses: readonly UseRow[], limit: number): string {
  const lines = uses.slice(0, limit).map(useLine)
  if (uses.length > limit) lines.push(`- … and ${plural(uses.length - limit, 'more place')}`)
  return lines.join('\n')
}

export function useLine(use: UseRow): string {
  const where = use.enclosing === '' ? '' : ` in ${code(use.enclosing)}`
  return `- ${at(use.file, use.line)}${where}: ${code(use.text.slice(0, 120))}`
}
