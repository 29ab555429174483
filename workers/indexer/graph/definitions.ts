/** What a name means, seen from a place: by scope, imports, package and type; and what else has the name. */
import type { DefinitionQuery, DefinitionRow } from '../../../src/contract/index-service.ts'
import { clampLimit, cleanPath } from '../filter.ts'
import { splitQualified } from '../find.ts'
import { familyOf } from './bindings.ts'
import { createResolver } from './meaning.ts'
import { isMeaning } from './names.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphSymbol } from './rows.ts'
import { startsNamed, withBodies } from './starts.ts'

export function findDefinitions(reader: GraphReader, query: DefinitionQuery): DefinitionRow[] {
  const limit = clampLimit(query.limit)
  const wanted = query.name.trim()
  if (wanted === '' || limit === 0) return []
  const accept = (row: GraphSymbol) => !query.kinds?.length || query.kinds.includes(row.kind)
  const found: DefinitionRow[] = []
  const listed = new Set<number>()
  const add = (rows: readonly GraphSymbol[], how: DefinitionRow['how']) => {
    for (const row of rows) {
      if (listed.has(row.id) || !accept(row)) continue
      listed.add(row.id)
      found.push({ ...plainRow(row), how })
    }
  }

  const file = query.path === undefined ? undefined : reader.fileAt(cleanPath(query.path))
  if (file) {
    const seen = seenFrom(reader, { file, wanted, line: query.line })
    if (seen) {
      add(seen.symbols, seen.how)
      if (seen.sure && found.length > 0) return found.slice(0, limit)
    }
  }
  const qualified = splitQualified(wanted).container !== ''
  const isNear = (row: GraphSymbol) => !file || familyOf(row.language) === familyOf(file.language)
  const named = startsNamed(reader, { name: wanted }, isNear)
  add(named, qualified ? 'member' : 'name')
  // Seen from a file, `store.get` names a variable, not a container.
  if (file && qualified && found.length === 0)
    add(startsNamed(reader, { name: splitQualified(wanted).name }, isNear), 'name')
  return found.slice(0, limit)
}

function seenFrom(
  reader: GraphReader,
  at: { file: GraphFile; wanted: string; line: number | undefined },
): { symbols: GraphSymbol[]; how: DefinitionRow['how']; sure: boolean } | undefined {
  const { file, line } = at
  const { container: receiver, name } = splitQualified(at.wanted)
  const own = reader.symbolsNamedIn(file.id, name).filter((row) => row.nameLine === line)
  if (own.length > 0) return { symbols: own, how: 'local', sure: true }
  const outcome = createResolver(reader).meaning({
    file,
    enclosing: line === undefined ? undefined : enclosingAt(reader, file, line),
    name,
    receiver,
    line: line ?? Number.MAX_SAFE_INTEGER,
  })
  if (isMeaning(outcome)) return { ...outcome, symbols: withBodies(outcome.symbols) }
  if (line !== undefined || receiver !== '') return undefined
  // Without a line any member of the file may be meant.
  const inFile = reader.symbolsNamedIn(file.id, name)
  return inFile.length > 0 ? { symbols: inFile, how: 'local', sure: true } : undefined
}

/** The innermost definition around a line. */
function enclosingAt(reader: GraphReader, file: GraphFile, line: number): GraphSymbol | undefined {
  let best: GraphSymbol | undefined
  for (const row of reader.symbolsIn(file.id)) {
    if (row.line > line || row.endLine < line) continue
    if (!best || row.endLine - row.line <= best.endLine - best.line) best = row
  }
  return best
}

/** Without what only the graph knows. */
export function plainRow(row: GraphSymbol): Omit<DefinitionRow, 'how'> {
  const { id: _id, fileId: _file, language: _language, test: _test, ...plain } = row
  return plain
}
