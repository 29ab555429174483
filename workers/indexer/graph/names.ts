/**
 * What a bare name means at a place, by the rules of scope: around it, in its file, through its imports, in its
 * package, and last by the name alone.
 */
import type { DefinitionRow } from '../../../src/contract/index-service.ts'
import { familyOf } from './bindings.ts'
import { exportsNamed, isVisible } from './exports.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphImport, GraphSymbol } from './rows.ts'
import { isTopLevel, qualifiedName, rulesOf, typeKinds } from './scope.ts'

export interface NamePlace {
  file: GraphFile
  /** The definition around the name. */
  enclosing: GraphSymbol | undefined
}

export interface Meaning {
  how: DefinitionRow['how']
  symbols: GraphSymbol[]
  /** Files and packages, where the name means a whole module. */
  modules: string[]
  /** False when only the name agrees and several definitions have it, or it is likely not known well enough. */
  sure: boolean
  /** Though not sure: the project has but one such member, and no library is known for the name. */
  likely?: boolean
}

/** `external`: certainly nothing of this project. Undefined: nothing was found. */
export type Outcome = Meaning | 'external' | undefined

export function isMeaning(outcome: Outcome): outcome is Meaning {
  return outcome !== undefined && outcome !== 'external'
}

export function meaningOfName(reader: GraphReader, place: NamePlace, name: string): Outcome {
  const local = localNames(reader, place, name)
  if (local.length > 0) return meaning('local', local)
  const imported = importedName(reader, place.file, name)
  if (imported !== undefined) return imported
  const shared = sharedNames(reader, place, name)
  if (shared.length > 0) return meaning('package', shared)
  const wild = wildcardName(reader, place.file, name)
  if (wild) return wild
  return byName(reader, place.file, name)
}

/** Candidates of the same file whose scope encloses the place; the innermost scope hides the others. */
function localNames(reader: GraphReader, { file, enclosing }: NamePlace, name: string) {
  const scope = enclosing === undefined ? '' : `${qualifiedName(enclosing)}.`
  let best: GraphSymbol[] = []
  let depth = -1
  for (const row of reader.symbolsNamedIn(file.id, name)) {
    const isMember = row.kind === 'method' || row.kind === 'property'
    if (row.container !== '') {
      if (isMember || !`${scope}`.startsWith(`${row.container}.`)) continue
    } else if (isMember) continue
    if (row.container.length > depth) best = []
    if (row.container.length >= depth) best.push(row)
    depth = Math.max(depth, row.container.length)
  }
  return best
}

function importedName(reader: GraphReader, file: GraphFile, name: string): Outcome {
  for (const row of reader.importsOf(file.id)) {
    for (const binding of row.bindings) {
      if (binding.local !== name) continue
      if (row.target === undefined) return isInternal(row) ? undefined : 'external'
      const found = resolveBinding(reader, row, binding.name)
      if (found) return found
    }
  }
  return undefined
}

function resolveBinding(reader: GraphReader, row: GraphImport, name: string): Outcome {
  const target = row.target ?? ''
  const found = exportsNamed(reader, target, name)
  if (found.symbols.length > 0 || found.modules.length > 0)
    return { how: 'imported', ...found, sure: true }
  const members = importedMembers(reader, row, name)
  if (members.length > 0) return { how: 'imported', symbols: members, modules: [], sure: true }
  // A submodule taken from its package, or a file that stands for the one name it is called by.
  const stem = target.replace(/\/(?:__init__|mod|index)\.\w+$/, '').replace(/\.\w+$/, '')
  if (stem === name || stem.endsWith(`/${name}`))
    return { how: 'imported', symbols: [], modules: [target], sure: true }
  return undefined
}

/** What a type of the imported file holds, where the import names that type before the member. */
function importedMembers(reader: GraphReader, row: GraphImport, name: string): GraphSymbol[] {
  const target = row.target === undefined ? undefined : reader.fileAt(row.target)
  if (!target || !rulesOf(target.language).memberImports) return []
  const types = row.specifier.split(/\.|::/).slice(-2)
  return reader
    .symbolsNamedIn(target.id, name)
    .filter((symbol) => types.includes(symbol.container.split('.').at(-1) ?? ''))
}

/** What looks like a path or alias of this project, though nobody could say which file it means. */
function isInternal(row: GraphImport): boolean {
  return /^(?:\.|#|@\/|~|crate\b|super\b|self\b)/.test(row.specifier)
}

function sharedNames(reader: GraphReader, { file, enclosing }: NamePlace, name: string) {
  const { shared } = rulesOf(file.language)
  if (shared === undefined) return []
  const own = (enclosing?.container ?? '').split('.')
  return reader.symbolsNamed(name).filter((row) => {
    if (!isVisible(row, file) || !isTopLevel(reader, row)) return false
    if (shared === 'directory') return directoryOf(row.path) === directoryOf(file.path)
    const theirs = row.container.split('.')
    return row.container === '' || theirs.every((part, at) => own[at] === part)
  })
}

/** Through imports that bring all names of their target. */
function wildcardName(reader: GraphReader, file: GraphFile, name: string): Outcome {
  for (const row of reader.importsOf(file.id)) {
    if (row.target === undefined) continue
    if (!row.bindings.some((binding) => binding.local === '' && binding.name === '*')) continue
    const found = exportsNamed(reader, row.target, name)
    const held = found.symbols.length > 0 ? found.symbols : importedMembers(reader, row, name)
    const symbols = held.filter((symbol) => isVisible(symbol, file))
    if (symbols.length > 0) return { how: 'imported', symbols, modules: [], sure: true }
  }
  return undefined
}

function byName(reader: GraphReader, file: GraphFile, name: string): Outcome {
  const { strict } = rulesOf(file.language)
  // A script without imports may see everything; a module sees only what it names.
  if (strict && (familyOf(file.language) !== 'ecma' || reader.importsOf(file.id).length > 0))
    return importsUnresolved(reader, file, name) ? looseMeaning(reader, file, name) : 'external'
  return looseMeaning(reader, file, name)
}

function importsUnresolved(reader: GraphReader, file: GraphFile, name: string): boolean {
  return reader
    .importsOf(file.id)
    .some(
      (row) =>
        row.bindings.some((binding) => binding.local === name) &&
        (row.target !== undefined || isInternal(row)),
    )
}

function looseMeaning(reader: GraphReader, file: GraphFile, name: string): Outcome {
  const symbols = reader
    .symbolsNamed(name)
    .filter((row) => isVisible(row, file) && (isTopLevel(reader, row) || typeKinds.has(row.kind)))
  if (symbols.length === 0) return undefined
  return { how: 'name', symbols, modules: [], sure: false, likely: isOne(symbols) }
}

function meaning(how: Meaning['how'], symbols: GraphSymbol[]): Meaning {
  return { how, symbols, modules: [], sure: true }
}

/** One definition, or several declarations of the same: overloads of a file, a header and its source. */
export function isOne(symbols: readonly GraphSymbol[]): boolean {
  const [first] = symbols
  if (first === undefined) return false
  return symbols.every(
    (row) =>
      qualifiedName(row) === qualifiedName(first) &&
      (row.fileId === first.fileId || row.language === 'cpp'),
  )
}

export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
