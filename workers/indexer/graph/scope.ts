/** What the rules of scope differ in between languages, and the kinds that count as types and as code that runs. */
import type { SymbolKind } from '../../../src/contract/symbol.ts'
import { familyOf } from './bindings.ts'
import type { GraphReader } from './reader.ts'
import type { GraphSymbol } from './rows.ts'

interface ScopeRules {
  /** A bare name may be a member of the enclosing type. */
  implicitMember?: true
  /** What is seen without an import: the files of the same directory, of the same namespace. */
  shared?: 'directory' | 'namespace'
  /** A name that is neither here nor imported is no other file's. */
  strict?: true
  /** An import gives on what its target imports. */
  textual?: true
  /** An import may name what a type holds: `import a.Outer.Inner`, `use ast::Kind::Word`. */
  memberImports?: true
  /** A type's members may stand in other files than the type. */
  openTypes?: true
}

const rules: Readonly<Record<string, ScopeRules>> = {
  ecma: { strict: true },
  python: { strict: true },
  go: { shared: 'directory', strict: true, openTypes: true },
  rust: { strict: true, openTypes: true, memberImports: true },
  java: { implicitMember: true, shared: 'directory', strict: true, memberImports: true },
  cpp: { implicitMember: true, textual: true, openTypes: true },
  csharp: { implicitMember: true, shared: 'namespace', openTypes: true, memberImports: true },
  ruby: { implicitMember: true, textual: true, openTypes: true },
  php: { shared: 'directory' },
  bash: { textual: true },
}

export function rulesOf(language: string): ScopeRules {
  return rules[familyOf(language)] ?? {}
}

export const typeKinds: ReadonlySet<SymbolKind> = new Set([
  'class',
  'interface',
  'struct',
  'trait',
  'enum',
  'type',
])

/** Kinds that call, or stand for what does. */
export const codeKinds: ReadonlySet<SymbolKind> = new Set(['function', 'method', 'macro'])

/** Kinds that hold a value of some type. */
export const valueKinds: ReadonlySet<SymbolKind> = new Set(['variable', 'constant', 'property'])

/** Kinds that a graph of calls shows as the place of a call; smaller ones are told by what is around them. */
export const placeKinds: ReadonlySet<SymbolKind> = new Set([...codeKinds, ...typeKinds, 'module'])

/** Names of a type's constructor. */
export const constructorNames: ReadonlySet<string> = new Set([
  'constructor',
  '__init__',
  '__construct',
  'initialize',
])

/** The object at hand, in any language. */
export const selfWords: ReadonlySet<string> = new Set([
  'this',
  'self',
  'Self',
  'cls',
  'static',
  '@',
])
export const superWords: ReadonlySet<string> = new Set(['super', 'base', 'parent'])

/**
 * Members so common in standard libraries that a call of one on something of unknown type says nothing: the project
 * may well have a method of the name, but hardly this call means it.
 */
export const commonMembers: ReadonlySet<string> = new Set(
  (
    'add addAll all any append apply at bind call catch ceil charAt clear clone close collect concat connect contains ' +
    'copy count create delete done emit encode decode end endsWith entries equals error every exec exists extend fail ' +
    'fill filter finally find findIndex first flat flatMap flush forEach format from get getAttribute has hash hasNext ' +
    'includes indexOf info init insert into is isEmpty items iter join keys kill last len length list listen load log ' +
    'lower map match max merge message min name new next now of on once open parse path pause peek pop post print ' +
    'println push put query read readline recv reduce register reject release remove replace replaceAll reset resolve ' +
    'resume reverse round run save search seek select send set setDefault shift size skip sleep slice some sort splice ' +
    'split start startsWith stat status stop strip sub sum substring tell test text then throw to toLowerCase toString ' +
    'toUpperCase toJSON trim type uniq unlink unshift unwrap update upper url use value valueOf values wait warn with write'
  ).split(' '),
)

/** `Class.method`: how a definition is spoken of, and what the container of its members is. */
export function qualifiedName(symbol: { container: string; name: string }): string {
  return symbol.container === '' ? symbol.name : `${symbol.container}.${symbol.name}`
}

/** True where `own` and `asked` are the same path, or one is the end of the other. */
export function sameContainer(own: string, asked: string): boolean {
  return own === asked || own.endsWith(`.${asked}`) || asked.endsWith(`.${own}`)
}

/** Defined in no type and no function: at top level, or in modules and namespaces alone. */
export function isTopLevel(reader: GraphReader, symbol: GraphSymbol): boolean {
  if (symbol.container === '') return true
  if (symbol.kind === 'method' || symbol.kind === 'property') return false
  const last = symbol.container.split('.').at(-1) ?? ''
  return [symbol.container, last].some((name) =>
    reader
      .symbolsNamed(name)
      .some((row) => row.kind === 'module' && familyOf(row.language) === familyOf(symbol.language)),
  )
}
