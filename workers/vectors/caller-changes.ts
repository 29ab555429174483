/**
 * Files that did not change themselves but whose functions have other callers now, found from what changed: the names
 * that changed files call or called, define or defined. They are marked in the database at once, so that a kill
 * before they are counted again forgets nothing.
 */
import type { IndexedFile, IndexSource } from './index-source.ts'
import { callersHash } from './index-writer.ts'
import { nameHash } from './names.ts'
import { wordsOf } from './segment.ts'
import type { SearchStore } from './store.ts'

/** Paths of those files, without the changed ones. */
export function staleCallers(
  store: SearchStore,
  source: IndexSource,
  { changed, gone }: { changed: readonly IndexedFile[]; gone: readonly number[] },
): Set<string> {
  const names = touchedNames(store, source, { changed, gone })
  const own = new Set(changed.map((file) => file.path))
  const definitions = store.query<
    { doc_id: number; path: string; name: string; callers: number },
    [number]
  >(
    `SELECT c.doc_id, d.path, c.name, c.callers FROM chunks c JOIN docs d ON d.id = c.doc_id
     WHERE c.name_hash = ? AND c.kind IN ('function', 'method')`,
  )
  const stale = new Map<string, number>()
  for (const hash of names)
    for (const row of definitions.all(hash)) {
      if (own.has(row.path) || stale.has(row.path)) continue
      if (callersHash(source.callers.of(row.name)) !== row.callers) stale.set(row.path, row.doc_id)
    }
  if (stale.size > 0)
    store.transaction(() => {
      const mark = store.query<never, [number]>("UPDATE docs SET hash = '' WHERE id = ?")
      for (const docId of stale.values()) mark.run(docId)
    })
  return new Set(stale.keys())
}

function touchedNames(
  store: SearchStore,
  source: IndexSource,
  { changed, gone }: { changed: readonly IndexedFile[]; gone: readonly number[] },
): Set<number> {
  const names = new Set<number>()
  const oldCalls = store.query<{ id: number; calls: Uint8Array }, [string]>(
    'SELECT id, calls FROM docs WHERE path = ?',
  )
  const oldNames = store.query<{ name_hash: number }, [number]>(
    "SELECT name_hash FROM chunks WHERE doc_id = ? AND kind IN ('function', 'method')",
  )
  const addOld = (doc: { id: number; calls: Uint8Array } | null) => {
    if (!doc) return
    for (const hash of wordsOf(doc.calls)) names.add(hash)
    for (const { name_hash } of oldNames.all(doc.id)) names.add(name_hash)
  }
  const goneCalls = store.query<{ id: number; calls: Uint8Array }, [number]>(
    'SELECT id, calls FROM docs WHERE id = ?',
  )
  for (const id of gone) addOld(goneCalls.get(id))
  for (const file of changed) {
    addOld(oldCalls.get(file.path))
    for (const hash of source.calls(file)) names.add(hash)
    for (const name of source.functions(file)) names.add(nameHash(name))
  }
  return names
}
