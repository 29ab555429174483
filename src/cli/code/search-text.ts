/** A search hit as people read it: its place, then its lines as grep prints them, `:` after those that matched. */
import { neutralize } from '../../base/text.ts'
import type { SearchHit } from '../../contract/vector-service.ts'
import type { Style } from '../../terminal/style.ts'

const numberWidth = 6

export function searchText(hit: SearchHit, style: Style): string {
  const matched = new Set(hit.matchedLines)
  const lines = neutralize(hit.snippet).replace(/\n$/, '').split('\n')
  const numbered = lines.map((line, at) => {
    const number = hit.snippetLine + at
    const shown = String(number).padStart(numberWidth)
    return matched.has(number)
      ? `${style.yellow(shown)}: ${style.bold(line)}`.trimEnd()
      : `${style.dim(`${shown}-`)} ${line}`.trimEnd()
  })
  return `${title(hit, style)}\n${numbered.join('\n')}\n`
}

function title(hit: SearchHit, style: Style): string {
  const range = hit.endLine > hit.line ? `${hit.line}-${hit.endLine}` : `${hit.line}`
  const place = `${style.cyan(neutralize(hit.path))}:${range}`
  return hit.symbol === '' ? place : `${place}  ${hit.kind} ${style.bold(neutralize(hit.symbol))}`
}
