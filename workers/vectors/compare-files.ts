/**
 * What has to be counted again: files that the symbol index wrote since, or all whose hash differs where that is not
 * known; and what is gone. After an edit this costs as much as the edit, not as the project.
 */
import { staleCallers } from './caller-changes.ts'
import type { IndexedFile, IndexSource, IndexState } from './index-source.ts'
import type { SearchStore } from './store.ts'

export interface FileChanges {
  changed: IndexedFile[]
  /** Ids of documents. */
  gone: number[]
}

interface Doc {
  id: number
  path: string
  hash: string
  language: string
}

const docColumns = 'id, path, hash, language'

/** `seen`: the state that was followed to its end. */
export function compareFiles(
  store: SearchStore,
  source: IndexSource,
  seen: IndexState | undefined,
): FileChanges {
  const changes =
    (seen?.epoch === source.state().epoch && compareNew(store, source, seen.generation)) ||
    compareAll(store, source)
  if (countDocs(store) === 0) return changes
  const stale = staleCallers(store, source, changes)
  return stale.size === 0
    ? changes
    : { ...changes, changed: [...changes.changed, ...withPaths(source, stale)] }
}

/** Undefined where files are gone: which, only the whole list tells. */
function compareNew(
  store: SearchStore,
  source: IndexSource,
  generation: number,
): FileChanges | undefined {
  const find = store.query<Doc, [string]>(`SELECT ${docColumns} FROM docs WHERE path = ?`)
  const files = source.files(generation)
  const docs = new Map(files.map((file) => [file.path, find.get(file.path)]))
  const fresh = files.filter((file) => !docs.get(file.path)).length
  if (countDocs(store) + fresh !== source.fileCount()) return undefined
  const marked = store
    .query<{ path: string }, []>("SELECT path FROM docs WHERE hash = ''")
    .all()
    .map((row) => row.path)
    .filter((path) => !docs.has(path))
  const again = marked.length === 0 ? [] : withPaths(source, new Set(marked))
  return {
    changed: [...files.filter((file) => isChanged(file, docs.get(file.path))), ...again],
    gone: [],
  }
}

function compareAll(store: SearchStore, source: IndexSource): FileChanges {
  const files = source.files()
  const known = new Map(
    store
      .query<Doc, []>(`SELECT ${docColumns} FROM docs`)
      .all()
      .map((row) => [row.path, row]),
  )
  const present = new Set(files.map((file) => file.path))
  return {
    changed: files.filter((file) => isChanged(file, known.get(file.path))),
    gone: [...known.values()].filter((doc) => !present.has(doc.path)).map((doc) => doc.id),
  }
}

function isChanged(file: IndexedFile, doc: Doc | null | undefined): boolean {
  return !doc || doc.hash !== file.hash || doc.language !== file.language
}

function withPaths(source: IndexSource, paths: ReadonlySet<string>): IndexedFile[] {
  return source.files().filter((file) => paths.has(file.path))
}

function countDocs(store: SearchStore): number {
  return store.query<{ count: number }, []>('SELECT count(*) AS count FROM docs').get()?.count ?? 0
}
