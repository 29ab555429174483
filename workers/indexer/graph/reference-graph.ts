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
  const definers = await definersOf(store, numbers, signal)
  const { imported, locals } = importedBy(store, files, numbers)

  const uses = new Map<string, number>()
  const from: number[] = []
  const to: number[] = []
  const weight: number[] = []
  for (let at = 0; at < files.length; at++) {
    if (at % sliceFiles === 0) await pause(signal)
    const file = files[at]
    if (!file) continue
    const imports = imported.get(at)
    const share = file.test ? testShare : 1
    const out = new Map<number, number>()
    for (const target of imports ?? []) out.set(target, importWeight * share)
    const rows = store.query<{ name: string; receiver: string; uses: number }, [number]>(
      'SELECT name, receiver, count(*) AS uses FROM refs WHERE file_id = ? GROUP BY name, receiver',
    )
    for (const { name, receiver, uses: count } of rows.iterate(file.id)) {
      // What stands behind a variable is a member; behind a module or a type it is what that gives.
      if (receiver !== '' && !locals.get(at)?.has(receiver.split('.')[0] ?? '')) continue
      const owners = definers.get(name)
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
      from.push(at)
      to.push(target)
      weight.push(gained)
    }
  }
  return { files, nodes: files.length, from, to, weight, uses }
}

/** Numbers of the files that define a name for others; lists grow one beyond the limit. */
async function definersOf(
  store: IndexStore,
  numbers: ReadonlyMap<number, number>,
  signal: AbortSignal | undefined,
): Promise<Map<string, number | number[]>> {
  const definers = new Map<string, number | number[]>()
  let seen = 0
  for (const [id, at] of numbers) {
    if (seen++ % sliceFiles === 0) await pause(signal)
    const rows = store.query<{ name: string }, [number]>(
      `SELECT DISTINCT name FROM symbols
       WHERE file_id = ? AND test = 0 AND exported = 1 AND kind NOT IN ('property', 'module', 'method')`,
    )
    for (const { name } of rows.iterate(id)) {
      if (name.length < minNameChars) continue
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
