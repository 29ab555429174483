/**
 * Files and who refers to whom: an edge from a file to each file that defines a name which it uses, heavier for rare
 * names and where it imports it. Reads the whole index once, in slices, so that other questions are answered between.
 */
import { cancelled } from '../../../src/base/async.ts'
import type { IndexStore } from '../store.ts'
import { bindingsOf, familyOf } from './bindings.ts'
import { directoryOf } from './names.ts'
import type { WeightedGraph } from './page-rank.ts'
import { rulesOf } from './scope.ts'

export interface ReferenceGraph extends WeightedGraph {
  files: { id: number; path: string; test: boolean; family: string; strict: boolean }[]
  /** Weight of the uses of each name that a rare definition has. */
  uses: ReadonlyMap<string, number>
}

/** A name with more definitions than this says nothing about who is meant. */
const maxDefiners = 6
const minNameChars = 3
const sliceFiles = 250
const importWeight = 1
/** Names that agree without an import in between count for little, where imports are known. */
const looseShare = 0.1
const testShare = 0.2
/** Files of a package that an import of it is shared between. */
const maxPackageFiles = 20

export async function referenceGraph(
  store: IndexStore,
  signal: AbortSignal | undefined,
): Promise<ReferenceGraph> {
  const files = store
    .query<{ id: number; path: string; test: number; language: string }, []>(
      "SELECT id, path, test, language FROM files WHERE language <> '' ORDER BY id",
    )
    .all()
    .map(({ language, test, ...file }) => ({
      ...file,
      test: test === 1,
      family: familyOf(language),
      strict: rulesOf(language).strict === true,
    }))
  const numbers = new Map(files.map((file, at) => [file.id, at]))
  const definers = await definersOf(store, files, numbers, signal)
  const { imported, locals } = importedBy(store, files, numbers)

  const edges = { from: [] as number[], to: [] as number[], weight: [] as number[] }
  const uses = new Map<string, number>()
  for (const slice of slices(files)) {
    await pause(signal)
    const rows = store
      .query<[number, string, string], [number, number]>(
        'SELECT file_id, name, receiver FROM refs WHERE file_id BETWEEN ? AND ?',
      )
      .values(slice.first, slice.last) as [number, string, string][]
    const counts = countNames(rows, (id) => locals.get(numbers.get(id) ?? -1))
    for (const [id, names] of counts) {
      const at = numbers.get(id)
      if (at !== undefined)
        addEdges({ at, names, files, definers, imports: imported.get(at) }, edges, uses)
    }
    // A file that uses nothing by name may still import.
    for (let at = slice.from; at < slice.to; at++)
      if (!counts.has(files[at]?.id ?? -1))
        addEdges({ at, names: new Map(), files, definers, imports: imported.get(at) }, edges, uses)
  }
  return { files, nodes: files.length, ...edges, uses }
}

/** How often each file uses each name; what stands behind a variable is a member, and not counted. */
function countNames(
  rows: readonly [number, string, string][],
  localsOf: (id: number) => ReadonlySet<string> | undefined,
): Map<number, Map<string, number>> {
  const counts = new Map<number, Map<string, number>>()
  for (const [id, name, receiver] of rows) {
    if (name.length < minNameChars) continue
    if (receiver !== '' && !localsOf(id)?.has(receiver.split('.')[0] ?? '')) continue
    const names = counts.get(id)
    if (names) names.set(name, (names.get(name) ?? 0) + 1)
    else counts.set(id, new Map([[name, 1]]))
  }
  return counts
}

function addEdges(
  of: {
    at: number
    names: ReadonlyMap<string, number>
    files: ReferenceGraph['files']
    definers: ReadonlyMap<string, number | number[]>
    imports: ReadonlySet<number> | undefined
  },
  edges: { from: number[]; to: number[]; weight: number[] },
  uses: Map<string, number>,
): void {
  const { at, imports, files } = of
  const file = files[at]
  if (!file) return
  const share = file.test ? testShare : 1
  const out = new Map<number, number>()
  for (const target of imports ?? []) out.set(target, importWeight * share)
  for (const [name, count] of of.names) {
    const owners = of.definers.get(name)
    if (owners === undefined) continue
    const list = typeof owners === 'number' ? [owners] : owners
    if (list.length > maxDefiners) continue
    const near = list.filter((owner) => imports?.has(owner))
    // Without an import the name is a variable's, in languages that want one.
    if (near.length === 0 && imports && file.strict) continue
    const meant = near.length > 0 ? near : list
    const sure = near.length > 0 || !imports ? 1 : looseShare
    for (const owner of meant) {
      if (owner === at || files[owner]?.family !== file.family) continue
      const gained = (share * sure * Math.sqrt(count)) / meant.length
      out.set(owner, (out.get(owner) ?? 0) + gained)
      uses.set(`${owner} ${name}`, (uses.get(`${owner} ${name}`) ?? 0) + gained)
    }
  }
  for (const [target, gained] of out) {
    edges.from.push(at)
    edges.to.push(target)
    edges.weight.push(gained)
  }
}

/** Files by id, some hundreds at a time. */
function* slices(
  files: ReferenceGraph['files'],
): Iterable<{ from: number; to: number; first: number; last: number }> {
  for (let from = 0; from < files.length; from += sliceFiles) {
    const to = Math.min(from + sliceFiles, files.length)
    yield { from, to, first: files[from]?.id ?? 0, last: files[to - 1]?.id ?? 0 }
  }
}

/** Numbers of the files that define a name for others; lists grow one beyond the limit. */
async function definersOf(
  store: IndexStore,
  files: ReferenceGraph['files'],
  numbers: ReadonlyMap<number, number>,
  signal: AbortSignal | undefined,
): Promise<Map<string, number | number[]>> {
  const definers = new Map<string, number | number[]>()
  for (const slice of slices(files)) {
    await pause(signal)
    const rows = store
      .query<[number, string], [number, number]>(
        `SELECT DISTINCT file_id, name FROM symbols WHERE file_id BETWEEN ? AND ?
         AND test = 0 AND exported = 1 AND kind NOT IN ('property', 'module', 'method')`,
      )
      .values(slice.first, slice.last) as [number, string][]
    for (const [id, name] of rows) {
      const at = numbers.get(id)
      if (name.length < minNameChars || at === undefined) continue
      const known = definers.get(name)
      if (known === undefined) definers.set(name, at)
      else if (typeof known === 'number') definers.set(name, [known, at])
      else if (known.length <= maxDefiners) known.push(at)
    }
  }
  return definers
}

interface ImportRow {
  file_id: number
  target_path: string
  specifier: string
  names: string
}

/** Files that each file imports, and the names it has for what it imports. */
function importedBy(
  store: IndexStore,
  files: readonly { path: string; test: boolean; family: string }[],
  numbers: ReadonlyMap<number, number>,
): { imported: Map<number, Set<number>>; locals: Map<number, Set<string>> } {
  const byPath = new Map(files.map((file, at) => [file.path, at]))
  const byDirectory = new Map<string, number[]>()
  for (const [at, file] of files.entries()) {
    if (file.test) continue
    const directory = `${directoryOf(file.path)}/`
    const inside = byDirectory.get(directory)
    if (!inside) byDirectory.set(directory, [at])
    else if (inside.length < maxPackageFiles) inside.push(at)
  }
  const imported = new Map<number, Set<number>>()
  const locals = new Map<number, Set<string>>()
  const rows = store.query<ImportRow, []>(
    'SELECT file_id, target_path, specifier, names FROM imports WHERE target_path IS NOT NULL',
  )
  for (const row of rows.iterate()) {
    const at = numbers.get(row.file_id)
    if (at === undefined) continue
    const one = byPath.get(row.target_path)
    const targets = one === undefined ? (byDirectory.get(row.target_path) ?? []) : [one]
    const known = imported.get(at) ?? new Set<number>()
    for (const target of targets) if (target !== at) known.add(target)
    imported.set(at, known)
    const names = locals.get(at) ?? new Set<string>()
    for (const binding of bindingsOf(files[at]?.family ?? '', row.specifier, row.names))
      if (binding.local !== '') names.add(binding.local.split('.').at(-1) ?? '')
    locals.set(at, names)
  }
  return { imported, locals }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw cancelled()
  await new Promise(setImmediate)
}
