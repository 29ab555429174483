/** Files of a segment that are no longer in it: their chunks stay until it is merged. */
import type { SearchStore } from './store.ts'

/** Ids of documents. */
export function deadDocs(store: SearchStore, segment: number): Set<number> {
  return new Set(
    store
      .query<{ doc_id: number }, [number]>('SELECT doc_id FROM dead WHERE segment = ?')
      .all(segment)
      .map((row) => row.doc_id),
  )
}
