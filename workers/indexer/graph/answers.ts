/** The questions about the graph as the service has them: each reads the tables as they are at that moment. */
import { CodiError } from '../../../src/base/errors.ts'
import type { IndexService } from '../../../src/contract/index-service.ts'
import { cleanPath } from '../filter.ts'
import { createNameTable } from '../name-table.ts'
import { findReferences } from '../queries.ts'
import type { IndexStore } from '../store.ts'
import { findSymbols } from '../symbols.ts'
import { callGraph } from './calls.ts'
import { findDefinitions } from './definitions.ts'
import { dependencyGraph } from './files.ts'
import { impact } from './impact.ts'
import { createImporters } from './importers.ts'
import { inheritance } from './inheritance.ts'
import { codeMap } from './map.ts'
import { createGraphReader, type GraphReader } from './reader.ts'

type GraphAnswers = Pick<
  IndexService,
  | 'findSymbols'
  | 'findDefinitions'
  | 'findReferences'
  | 'dependencies'
  | 'callGraph'
  | 'dependencyGraph'
  | 'inheritance'
  | 'impact'
  | 'map'
>

export interface AnswerContext {
  root: string
  read<T>(ask: (store: IndexStore) => T, signal?: AbortSignal): T
  /** A path of a request, relative to the root; throws for one outside. */
  projectPath(path: string): string
}

export function graphAnswers({ root, read, projectPath }: AnswerContext): GraphAnswers {
  const ask = <T>(
    signal: AbortSignal | undefined,
    question: (store: IndexStore, reader: GraphReader) => T,
  ): T => read((store) => question(store, createGraphReader(store, root)), signal)
  /** The same request with its path as the index has it. */
  const inProject = <Q extends { path?: string | undefined }>(query: Q): Q =>
    query.path === undefined ? query : { ...query, path: projectPath(query.path) }

  const names = createNameTable()

  return {
    async findSymbols(query, signal) {
      return read((store) => findSymbols(store, inProject(query), names), signal)
    },
    async findDefinitions(query, signal) {
      return ask(signal, (_, reader) => findDefinitions(reader, inProject(query)))
    },
    async findReferences(query, signal) {
      return ask(signal, (store, reader) => findReferences(store, reader, inProject(query)))
    },
    async dependencies({ path }, signal) {
      return ask(signal, (_, reader) => dependenciesOf(reader, projectPath(path), path))
    },
    async callGraph(query, signal) {
      return ask(signal, (_, reader) => callGraph(reader, inProject(query)))
    },
    async dependencyGraph(query, signal) {
      return ask(signal, (store, reader) => dependencyGraph(store, reader, inProject(query)))
    },
    async inheritance(query, signal) {
      return ask(signal, (_, reader) => inheritance(reader, inProject(query)))
    },
    async impact(query, signal) {
      return ask(signal, (store, reader) => impact(store, reader, inProject(query)))
    },
    map(query, signal) {
      return ask(signal, (store, reader) => codeMap(store, reader, inProject(query), signal))
    },
  }
}

function dependenciesOf(reader: GraphReader, path: string, asked: string) {
  const file = reader.fileAt(cleanPath(path))
  if (!file)
    throw new CodiError('not_found', `${asked} is not in the index; is it ignored, or new?`)
  const importers = createImporters(reader)
  const imports = reader
    .importsOf(file.id)
    .map((row) => ({ row, targets: importers.targetsOf(row) }))
  const importedBy = new Map<string, { path: string; line: number; test: boolean }>()
  for (const { file: importer, row } of importers.importsOf(file)) {
    const known = importedBy.get(importer.path)
    if (!known || row.line < known.line)
      importedBy.set(importer.path, { path: importer.path, line: row.line, test: importer.test })
  }
  return {
    imports: imports.flatMap(({ row: { specifier, line }, targets }) =>
      targets.length === 0
        ? [{ specifier, line }]
        : targets.map((target) => ({ specifier, line, path: target.path })),
    ),
    importedBy: [...importedBy.values()]
      .sort((a, b) => Number(a.test) - Number(b.test) || (a.path < b.path ? -1 : 1))
      .map(({ path: from, line }) => ({ path: from, line })),
  }
}
