/**
 * Writes into `imports.target_path` which file of the project each import means, and into `bases.symbol_id` which type
 * a base in another file belongs to. Everything is judged from the indexed paths and the manifests among them; what is
 * not in the project stays NULL.
 */
import { cancelled } from '../../src/base/async.ts'
import { createProjectPaths } from './project-paths.ts'
import { resolveSpecifier } from './specifier.ts'
import type { IndexStore } from './store.ts'

const sliceRows = 2_000
const manifest =
  /(?:^|\/)(?:[\w.-]*tsconfig[\w.-]*\.json|jsconfig\.json|package\.json|pnpm-workspace\.yaml|go\.(?:mod|work)|Cargo\.toml|composer\.json|pyproject\.toml|setup\.(?:py|cfg)|compile_flags\.txt|compile_commands\.json)$/

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
  // A manifest decides over the imports of other files, and so does a namespace of C#.
  const only = changed?.some((path) => manifest.test(path)) ? undefined : changed
  const rows = importRows(store, only)
  const project = rows.length > 0 ? projectOf(context) : undefined
  const update = store.query<never, [string | null, number]>(
    'UPDATE imports SET target_path = ? WHERE rowid = ?',
  )
  for (let from = 0; project && from < rows.length; from += sliceRows) {
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
    if (store.meta('generation') !== generation) return
    resolveSubjects(store)
    store.setMeta('resolved', '1')
  })
}

/** Of these files, or of all; asked by file, because a project may have hundreds of thousands. */
function importRows(store: IndexStore, paths: string[] | undefined): ImportRow[] {
  const select = `SELECT i.rowid AS id, f.path, f.language, i.specifier, i.names, i.target_path AS target
    FROM imports i JOIN files f ON f.id = i.file_id`
  if (!paths) return store.query<ImportRow, []>(select).all()
  return store
    .query<ImportRow, [string]>(
      `${select} WHERE i.file_id IN (
         SELECT id FROM files WHERE path IN (SELECT value FROM json_each(?))
         UNION SELECT id FROM files WHERE language = 'csharp')`,
    )
    .all(JSON.stringify(paths))
}

function projectOf({ root, store }: { root: string; store: IndexStore }) {
  const paths = store.query<{ path: string }, []>('SELECT path FROM files').all()
  return createProjectPaths(
    root,
    paths.map((row) => row.path),
    { namespaces: () => declaredNamespaces(store) },
  )
}

/** A type that another file says something of (`impl Trait for Type`): the nearest one would be a guess, any will do. */
function resolveSubjects(store: IndexStore): void {
  store
    .query<never, []>(
      `UPDATE bases SET symbol_id = coalesce((
         SELECT s.id FROM symbols s JOIN files f ON f.id = s.file_id
         WHERE s.name = bases.subject COLLATE NOCASE AND s.name = bases.subject
           AND s.kind IN ('class', 'struct', 'enum', 'trait', 'interface', 'type', 'module')
           AND f.language = (SELECT language FROM files WHERE id = bases.file_id)
         ORDER BY f.test, s.id LIMIT 1), 0)
       WHERE subject <> ''
         AND EXISTS (SELECT 1 FROM symbols WHERE name = bases.subject COLLATE NOCASE)
         AND NOT EXISTS (SELECT 1 FROM symbols WHERE id = bases.symbol_id AND name = bases.subject)`,
    )
    .run()
}

function declaredNamespaces(store: IndexStore): Map<string, string[]> {
  const rows = store
    .query<{ name: string; path: string }, []>(
      `SELECT DISTINCT CASE s.container WHEN '' THEN s.name ELSE s.container || '.' || s.name END AS name, f.path
       FROM symbols s JOIN files f ON f.id = s.file_id WHERE f.language = 'csharp' AND s.kind = 'module'`,
    )
    .all()
  const found = new Map<string, string[]>()
  for (const { name, path } of rows) {
    const files = found.get(name)
    if (files) files.push(path)
    else found.set(name, [path])
  }
  return found
}
