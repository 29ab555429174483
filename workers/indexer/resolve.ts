/**
 * Writes into `imports.target_path` which file of the project each import means. Everything is judged from the list
 * of indexed paths (and `go.mod`, `package.json` for names); what is not in the project stays NULL.
 */
import { cancelled } from '../../src/base/async.ts'
import { createProjectPaths } from './project-paths.ts'
import { resolveSpecifier } from './specifier.ts'
import type { IndexStore } from './store.ts'

const sliceRows = 2_000

interface ImportRow {
  id: number
  path: string
  language: string
  specifier: string
  names: string
  target: string | null
}

/** Resolves the imports of the `changed` files; without it those of all files, because paths came or went. */
export async function resolveImports(
  context: { root: string; store: IndexStore },
  changed: string[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context
  const generation = store.meta('generation')
  const paths = store.query<{ path: string }, []>('SELECT path FROM files').all()
  const project = createProjectPaths(
    context.root,
    paths.map((row) => row.path),
  )
  const only = changed && new Set(changed)
  const rows = store
    .query<ImportRow, []>(
      `SELECT i.rowid AS id, f.path, f.language, i.specifier, i.names, i.target_path AS target
       FROM imports i JOIN files f ON f.id = i.file_id`,
    )
    .all()
    .filter((row) => !only || only.has(row.path))
  const update = store.query<never, [string | null, number]>(
    'UPDATE imports SET target_path = ? WHERE rowid = ?',
  )
  for (let from = 0; from < rows.length; from += sliceRows) {
    if (signal.aborted) throw cancelled()
    const moved: { id: number; target: string | null }[] = []
    for (const row of rows.slice(from, from + sliceRows)) {
      const target = resolveSpecifier(project, {
        language: row.language,
        from: row.path,
        specifier: row.specifier,
        names: row.names === '' ? [] : row.names.split(' '),
      })
      if ((target ?? null) !== row.target) moved.push({ id: row.id, target: target ?? null })
    }
    // Another run may have replaced rows meanwhile; it resolves its own, and its write keeps `resolved` at 0.
    if (moved.length > 0)
      store.transaction(() => {
        if (store.meta('generation') !== generation) return
        for (const row of moved) update.run(row.target, row.id)
      })
    await new Promise(setImmediate)
  }
  store.transaction(() => {
    if (store.meta('generation') === generation) store.setMeta('resolved', '1')
  })
}
