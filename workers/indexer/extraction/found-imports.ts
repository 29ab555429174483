/** Imports as a match gives them: one match brings one name, those of one statement meet at its specifier. */
import type { Found, Said } from './found.ts'
import type { SyntaxTree } from './syntax-tree.ts'

const maxSpecifierChars = 2_000

export function addImport(tree: SyntaxTree, node: number, said: Said, found: Found): void {
  const start = tree.start[node] ?? 0
  let row = found.imports.get(start)
  if (!row) {
    const specifier = specifierOf(tree, node, said)
    if (specifier.length > maxSpecifierChars) return
    row = { specifier, names: new Set(), line: tree.lineAt(start), reexport: false, silent: false }
    found.imports.set(start, row)
  }
  if (said.reexport) row.reexport = true
  const text = (key: string) => {
    const part = said[key]
    return part && tree.textOf(part.node).replace(/\s+|^:/g, '')
  }
  const alias = text('import.alias')
  const name = text('import.name')
  const initial = text('import.default')
  const all = text('import.all')
  if (name === undefined && alias !== undefined) row.names.add(`=${alias}`)
  if (name !== undefined)
    row.names.add(alias === undefined || alias === name ? name : `${name}=${alias}`)
  if (initial !== undefined) row.names.add(`default=${initial}`)
  if (all !== undefined) row.names.add(`*=${all}`)
  if (said['import.star']) row.names.add('*')
  if (said['import.none']) row.silent = true
}

function specifierOf(tree: SyntaxTree, node: number, said: Said): string {
  const text = tree.textOf(node).replace(/^(["'])(.*)\1$|^<(.*)>$/s, '$2$3')
  if (said['import.relative'] && !text.startsWith('.')) return `./${text}`
  const prefix = said['import.prefix']
  return prefix ? `${tree.textOf(prefix.node)}\\${text}` : text
}
