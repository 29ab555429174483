/** Which files import which: from a file or a directory outwards, inwards, or both. */
import { CodiError } from '../../../src/base/errors.ts'
import type { CodeGraph } from '../../../src/contract/code-graph.ts'
import type { FileGraphQuery } from '../../../src/contract/index-service.ts'
import { cleanPath } from '../filter.ts'
import type { IndexStore } from '../store.ts'
import {
  clampDepth,
  createGraphBuilder,
  externalNode,
  fileNode,
  type GraphBuilder,
} from './builder.ts'
import { createImporters, type Importers } from './importers.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile } from './rows.ts'

const maxRoots = 500

export function dependencyGraph(
  store: IndexStore,
  reader: GraphReader,
  query: FileGraphQuery,
): CodeGraph {
  const builder = createGraphBuilder(query.limit)
  const importers = createImporters(reader)
  const starts = filesAt(store, reader, query.path)
  const roots = starts.flatMap((file) => builder.node(fileKey(file), () => fileNode(file), 0) ?? [])
  const depth = clampDepth(query.depth)
  const kept = new Map<number, GraphFile>(starts.map((file) => [file.id, file]))
  const walk = (next: (file: GraphFile, distance: number) => GraphFile[]) => {
    const seen = new Set(starts.map((file) => file.id))
    let ring = starts
    for (let distance = 1; distance <= depth && ring.length > 0; distance++) {
      const found: GraphFile[] = []
      for (const file of ring) {
        if (builder.isOver()) return
        for (const other of next(file, distance)) {
          kept.set(other.id, other)
          if (seen.has(other.id)) continue
          seen.add(other.id)
          found.push(other)
        }
      }
      ring = found
    }
    if (ring.some((file) => goesOn(next, file, kept))) builder.cut()
  }
  const add = (file: GraphFile, distance: number) =>
    builder.node(fileKey(file), () => fileNode(file), distance) !== undefined

  if (query.direction !== 'in')
    walk((file, distance) =>
      reader
        .importsOf(file.id)
        .flatMap((row) => importers.targetsOf(row))
        .filter((target) => target.id !== file.id && (distance > depth || add(target, distance))),
    )
  if (query.direction !== 'out')
    walk((file, distance) =>
      importers
        .importsOf(file)
        .map((row) => row.file)
        .filter((importer) => distance > depth || add(importer, distance)),
    )
  addEdges({ reader, importers, builder }, [...kept.values()], query.external === true)
  return builder.graph(roots)
}

/** True where a walk would find something beyond its last ring. */
function goesOn(
  next: (file: GraphFile, distance: number) => GraphFile[],
  file: GraphFile,
  kept: ReadonlyMap<number, GraphFile>,
): boolean {
  return next(file, Number.POSITIVE_INFINITY).some((other) => !kept.has(other.id))
}

/** All imports among the nodes, so that cycles show; and to packages outside, where they are asked for. */
function addEdges(
  {
    reader,
    importers,
    builder,
  }: { reader: GraphReader; importers: Importers; builder: GraphBuilder },
  files: readonly GraphFile[],
  external: boolean,
): void {
  const numbers = new Map<number, number>()
  const missing = -1
  for (const file of files) {
    const number = builder.node(fileKey(file), () => fileNode(file), 0)
    numbers.set(file.id, number ?? missing)
  }
  for (const file of files) {
    if (builder.isOver()) return
    const from = numbers.get(file.id) ?? missing
    if (from === missing) continue
    for (const row of reader.importsOf(file.id)) {
      const edge = { from, line: row.line, kind: 'import', sure: true }
      for (const target of importers.targetsOf(row)) {
        const to = numbers.get(target.id) ?? missing
        if (to !== missing && to !== from) builder.edge({ ...edge, to })
      }
      if (!external || row.target !== undefined || builder.distance(from) > 0) continue
      const to = builder.node(`external ${row.specifier}`, () => externalNode(row.specifier, ''), 1)
      if (to !== undefined) builder.edge({ ...edge, to })
    }
  }
}

/** The file, or the code below a directory. Throws `not_found`. */
export function filesAt(store: IndexStore, reader: GraphReader, path: string): GraphFile[] {
  const clean = cleanPath(path)
  const file = reader.fileAt(clean)
  if (file) return [file]
  const ids = store
    .query<{ id: number }, [string, string, number]>(
      `SELECT id FROM files WHERE path >= ? AND path < ? AND language <> '' ORDER BY path LIMIT ?`,
    )
    .all(clean === '' ? '' : `${clean}/`, clean === '' ? '\u{10ffff}' : `${clean}0`, maxRoots)
  if (ids.length === 0)
    throw new CodiError('not_found', `${path} is not in the index; is it ignored, or new?`)
  return ids.flatMap((row) => reader.file(row.id) ?? [])
}

function fileKey(file: GraphFile): string {
  return `file ${file.id}`
}
