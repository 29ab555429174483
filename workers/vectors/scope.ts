/** Which files a question is asked of: below a path, in a language. Honoured while candidates are chosen. */
import type { SearchQuery } from '../../src/contract/vector-service.ts'
import type { SearchIndex } from './index-reader.ts'
import { languageCode, languageIds } from './language-names.ts'
import type { SearchStore } from './store.ts'

/** 1 for each chunk that may be answered; `filtered` where that is not simply all there are. */
export interface Scope {
  allowed: Uint8Array
  filtered: boolean
}

export function readScope(store: SearchStore, index: SearchIndex, query: SearchQuery): Scope {
  const path = (query.path ?? '').replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '')
  const files = path === '' || path === '.' ? undefined : filesBelow(store, path)
  const codes = query.language === undefined ? undefined : languageCodes(store, query.language)
  if (!files && !codes) return { allowed: index.alive, filtered: false }
  const fileAllowed = Uint8Array.from(index.docIds, (docId, file) => {
    if (files && !files.has(docId)) return 0
    return codes && !codes.has(index.docLanguages[file] as number) ? 0 : 1
  })
  const allowed = index.alive.map((alive, ordinal) =>
    alive === 1 ? (fileAllowed[index.fileOf[ordinal] as number] as number) : 0,
  )
  return { allowed, filtered: true }
}

/** Ids of the chunks that are allowed. */
export function allowedChunks(index: SearchIndex, { allowed }: Scope): Set<number> {
  const ids = new Set<number>()
  allowed.forEach((flag, ordinal) => {
    if (flag === 1) ids.add(index.chunkIds[ordinal] as number)
  })
  return ids
}

/** The file itself, or all below the directory. */
export function filesBelow(store: SearchStore, path: string): Set<number> {
  // `0` comes right after `/`: a range that the index of paths answers.
  const rows = store
    .query<{ id: number }, [string, string, string]>(
      'SELECT id FROM docs WHERE path = ? OR (path >= ? AND path < ?)',
    )
    .all(path, `${path}/`, `${path}0`)
  return new Set(rows.map((row) => row.id))
}

function languageCodes(store: SearchStore, name: string): Set<number> {
  const indexed = store
    .query<{ language: string }, []>('SELECT DISTINCT language FROM docs')
    .all()
    .map((row) => row.language)
  return new Set(languageIds(name, indexed).map(languageCode))
}
