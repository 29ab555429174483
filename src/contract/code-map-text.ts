/**
 * The text of a map, line by line: the index measures with it what fits a budget, tools and commands print with it, so
 * that both mean the same page.
 */
import { qualifiedName, type SymbolRow } from './symbol.ts'

export const charsPerToken = 4
const maxSignatureChars = 110

export function mapFileLine(path: string): string {
  return path
}

/** `  12 export function open(path: string): Store` */
export function mapSymbolLine(symbol: SymbolRow): string {
  const said = (symbol.signature || `${symbol.kind} ${qualifiedName(symbol)}`)
    .replace(/\s+/g, ' ')
    .replace(/^export (?:default )?/, '')
  const within =
    symbol.container === '' || said.includes(symbol.container) ? '' : `${symbol.container}: `
  const text = `${within}${said}`
  const cut = text.length > maxSignatureChars ? `${text.slice(0, maxSignatureChars - 1)}…` : text
  return `  ${symbol.line} ${cut}`
}
