/** What a module gives on under a name: its own definitions, or those of the modules it re-exports. Cycles end. */
import { familyOf } from './bindings.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphImport, GraphSymbol } from './rows.ts'
import { isTopLevel, rulesOf } from './scope.ts'

/** Re-exports and includes that are followed one after the other, and modules looked into for one name. */
const maxDepth = 12
const maxModules = 400

export interface Exported {
  symbols: GraphSymbol[]
  /** Where the name means a whole module. */
  modules: string[]
}

export function exportsNamed(reader: GraphReader, target: string, name: string): Exported {
  const seen = new Set<string>()
  const look = (path: string, wanted: string, depth: number): Exported => {
    if (wanted === '*') return { symbols: [], modules: [path] }
    const key = `${path} ${wanted}`
    if (seen.has(key) || seen.size > maxModules || depth > maxDepth) return nothing
    seen.add(key)
    const own = ownExports(reader, path, wanted)
    if (own.length > 0) return { symbols: own, modules: [] }
    const file = reader.fileAt(path)
    if (!file) return nothing
    for (const { row, inside } of givenOn(reader, file, wanted)) {
      if (row.target === undefined) continue
      const found = look(row.target, inside, depth + 1)
      if (found.symbols.length > 0 || found.modules.length > 0) return found
    }
    return nothing
  }
  return look(target, name, 0)
}

const nothing: Exported = { symbols: [], modules: [] }

function ownExports(reader: GraphReader, path: string, name: string): GraphSymbol[] {
  if (name === 'default') return defaultExport(reader, path)
  const file = reader.fileAt(path)
  const rows = file
    ? reader.symbolsNamedIn(file.id, name)
    : reader.symbolsNamed(name).filter((row) => isIn(row.path, path))
  return rows
    .filter((row) => isTopLevel(reader, row))
    .sort((a, b) => Number(b.exported) - Number(a.exported))
}

function isIn(path: string, target: string): boolean {
  if (!target.endsWith('/')) return path === target
  const directory = target === '/' ? '' : target
  return path.startsWith(directory) && !path.slice(directory.length).includes('/')
}

function defaultExport(reader: GraphReader, path: string): GraphSymbol[] {
  const file = reader.fileAt(path)
  if (!file) return []
  const top = reader.symbolsIn(file.id).filter((row) => row.container === '')
  const said = top.filter((row) => /^export default\b/.test(row.signature))
  if (said.length > 0) return said
  const name = /^\s*(?:export default|module\.exports =)\s+(?:new\s+)?([\w$]+)\s*;?\s*$/
  for (const line of reader.lines(path)) {
    const found = name.exec(line)?.[1]
    if (found !== undefined) return top.filter((row) => row.name === found)
  }
  return []
}

/** Imports of a file through which it gives on `name`, the plainest first. */
function givenOn(
  reader: GraphReader,
  file: GraphFile,
  name: string,
): { row: GraphImport; inside: string }[] {
  const textual = rulesOf(file.language).textual === true
  const found: { row: GraphImport; inside: string; rank: number }[] = []
  for (const row of reader.importsOf(file.id)) {
    for (const binding of row.bindings) {
      // `export { a } from`, or an import that a later `export { a }` gives on.
      if (binding.local === name)
        found.push({ row, inside: binding.name, rank: row.reexport ? 0 : 2 })
      else if (binding.local === '' && binding.name === '*' && (row.reexport || textual))
        found.push({ row, inside: name, rank: row.reexport ? 1 : 3 })
    }
  }
  return found.sort((a, b) => a.rank - b.rank)
}

/** A symbol of another file that this language lets be seen there. */
export function isVisible(symbol: GraphSymbol, from: GraphFile): boolean {
  if (symbol.fileId === from.id) return true
  const family = familyOf(symbol.language)
  if (family !== familyOf(from.language)) return false
  return family === 'ecma' || family === 'rust' ? symbol.exported : true
}
