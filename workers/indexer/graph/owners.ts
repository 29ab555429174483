/**
 * What stands before a dot: the types of a value, a type itself, or a module. A value's type is what its declaration
 * says, near the use, in the signature around it, in its class, or where it was imported from.
 */
import { type Declared, declaredType, resultType } from './declared-type.ts'
import { exportsNamed } from './exports.ts'
import { isMeaning, meaningOfName, type NamePlace, type Outcome } from './names.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphSymbol } from './rows.ts'
import { codeKinds, selfWords, superWords, valueKinds } from './scope.ts'
import { basesOf, enclosingTypes, isType, membersNamed } from './types.ts'

export interface Use extends NamePlace {
  name: string
  /** What stands before the dot; '' for none. */
  receiver: string
  line: number
}

export interface Owners {
  ownerOf(use: Use, receiver: string): Owner
  /** The types that a value, or what a function gives, is declared to be of. */
  typesOf(symbol: GraphSymbol): GraphSymbol[]
}

/** What a receiver is: instances or the types themselves, whole modules, or nothing of this project. */
export type Owner = { types: GraphSymbol[]; modules: string[] } | 'external' | undefined

/** What a declaration says of a variable, and where its type's name is to be understood. */
interface SaidAt {
  said: Declared
  place: Use
}

/** Links of a receiver (`a.b.c`) that are followed, and lines before a use that are searched for a declaration. */
const maxLinks = 5
const maxLinesBefore = 400
const maxTypeLines = 2_000

/** Names are understood by who asks: owners and meanings need each other. */
export function createOwners({
  reader,
  bare,
  meaning,
}: {
  reader: GraphReader
  bare(use: Use): Outcome
  meaning(use: Use): Outcome
}): Owners {
  const owners = new Map<string, Owner>()

  function ownerOf(use: Use, receiver: string): Owner {
    const key = `${use.file.id} ${use.enclosing?.id} ${use.line} ${receiver}`
    if (owners.has(key)) return owners.get(key)
    // A declaration that speaks of itself must not be followed for ever.
    owners.set(key, undefined)
    const owner = followReceiver(use, receiver)
    owners.set(key, owner)
    return owner
  }

  function followReceiver(use: Use, receiver: string): Owner {
    const links = receiver
      .replace(/(?<=.)[?!]/g, '')
      .split(/\.|::|->|\\/)
      .filter((link) => link !== '')
    if (links.length > maxLinks) return undefined
    const [first = '', ...rest] = links
    if (links.some((link) => link === '?' || link === '[]')) return undefined
    let owner = firstOwner(use, first)
    // `a.b.C`: a module whose name has dots.
    if (owner === undefined && rest.length > 0) {
      const whole = meaningOfName(reader, use, links.join('.'))
      if (isMeaning(whole) && whole.modules.length > 0) return { types: [], modules: whole.modules }
    }
    for (const link of rest) {
      if (owner === undefined || owner === 'external') return owner
      owner = linkedOwner(use, owner, link)
    }
    return owner
  }

  function firstOwner(use: Use, link: string): Owner {
    const word = link.replace(/^\$/, '')
    if (selfWords.has(word)) return typesOwner(enclosingTypes(reader, use.enclosing))
    if (/^@\w/.test(word))
      return linkedOwner(use, typesOwner(enclosingTypes(reader, use.enclosing)), word)
    if (superWords.has(word.replace(/\(.*$/, ''))) {
      const bases = enclosingTypes(reader, use.enclosing).flatMap(
        (type) => basesOf(reader, type).known,
      )
      return bases.length === 0 ? 'external' : typesOwner(bases.map((base) => base.type))
    }
    if (/^["'`[{(\d]/.test(word)) return 'external'
    const called = /\(/.test(word)
    const name = word.replace(/[([].*$/s, '')
    if (name === '') return undefined
    if (!called) {
      const local = declaredHere(use, name)
      if (local) return declaredOwner(local.place, local.said)
    }
    const outcome = bare({ ...use, name, receiver: '' })
    // What the file does not import is a variable of which nothing is said, or a global.
    if (outcome === 'external' && !called && isLocalName(reader, use.file, name)) return undefined
    return symbolsOwner(use, outcome, called)
  }

  /** The member `link` of what is known so far. */
  function linkedOwner(use: Use, owner: Owner, link: string): Owner {
    if (owner === undefined || owner === 'external') return owner
    const called = /\(/.test(link)
    const name = link.replace(/[([].*$/s, '')
    for (const module of owner.modules) {
      const found = exportsNamed(reader, module, name)
      if (found.symbols.length > 0 || found.modules.length > 0)
        return symbolsOwner(use, { how: 'imported', ...found, sure: true }, called)
    }
    const members = membersNamed(reader, owner.types, name)
    if (members.length === 0)
      return owner.types.length === 0 ? 'external' : assignedOwner(use, owner.types, name)
    const said: Outcome = { how: 'member', symbols: members, modules: [], sure: true }
    return symbolsOwner(use, said, called) ?? assignedOwner(use, owner.types, name)
  }

  /** A field that is not declared, by what the methods of its type assign to it. */
  function assignedOwner(use: Use, types: readonly GraphSymbol[], field: string): Owner {
    for (const type of types) {
      const file = reader.file(type.fileId)
      if (!file || type.endLine - type.line > maxTypeLines) continue
      const body = reader
        .lines(file.path)
        .slice(type.line - 1, type.endLine)
        .join('\n')
        .replace(/\b(?:self|this)(?:\.|->)|@/g, '')
      const said = declaredType(file.language, field, body)
      if (said) return declaredOwner({ ...use, file, ...assignmentOf(file, type, field) }, said)
    }
    return undefined
  }

  /** The method of a type that assigns to a field, and where: its parameters say what is assigned. */
  function assignmentOf(
    file: GraphFile,
    type: GraphSymbol,
    field: string,
  ): { enclosing: GraphSymbol; line: number } {
    const assigns = new RegExp(
      `(?:\\b(?:self|this)(?:\\.|->)|@)${field.replace(/^[@#]/, '')}\\s*(?::[^=]*)?=(?!=)`,
    )
    const line =
      type.line +
      reader
        .lines(file.path)
        .slice(type.line - 1, type.endLine)
        .findLastIndex((text) => assigns.test(text))
    const method = reader
      .symbolsIn(file.id)
      .findLast((row) => codeKinds.has(row.kind) && row.line <= line && row.endLine >= line)
    return method && method.line >= type.line
      ? { enclosing: method, line }
      : { enclosing: type, line: type.endLine }
  }

  /** Types stay what they are; a value is of the type that it is declared with, a call of the one it gives. */
  function symbolsOwner(use: Use, outcome: Outcome, called: boolean): Owner {
    if (!isMeaning(outcome)) return outcome
    if (outcome.modules.length > 0) return { types: [], modules: outcome.modules }
    // A namespace holds its names as a type does its members.
    const types = outcome.symbols.filter((row) => isType(row) || row.kind === 'module')
    if (types.length > 0) return typesOwner(types)
    const [symbol] = outcome.symbols
    if (!symbol) return undefined
    const file = reader.file(symbol.fileId)
    if (!file) return undefined
    const place: Use = { ...use, file, enclosing: symbol, line: symbol.line }
    if (called || codeKinds.has(symbol.kind)) {
      const result = resultType(symbol.language, symbol.signature)
      // An accessor is read like a field.
      return result === undefined ? undefined : typeOwner(place, result)
    }
    const said = declaredType(symbol.language, symbol.name.replace(/^#/, ''), symbol.signature)
    return said === undefined ? undefined : declaredOwner(place, said)
  }

  function declaredOwner(use: Use, said: Declared): Owner {
    if ('type' in said) return typeOwner(use, said.type)
    const links = said.call.split(/\.|::|\\/)
    const name = links.pop() ?? ''
    const receiver = links.join('.')
    const outcome =
      receiver === '' ? bare({ ...use, name, receiver: '' }) : meaning({ ...use, name, receiver })
    return symbolsOwner(use, outcome, true)
  }

  function typeOwner(use: Use, type: string): Owner {
    const links = type.split(/\.|::|\\/)
    const name = links.pop() ?? ''
    if (selfWords.has(name)) return typesOwner(enclosingTypes(reader, use.enclosing))
    // A type parameter may be anything.
    if (links.length === 0 && /^[A-Z]\d?$/.test(name)) return undefined
    const outcome =
      links.length === 0
        ? meaningOfName(reader, use, name)
        : meaning({ ...use, name, receiver: links.join('.') })
    if (!isMeaning(outcome)) return 'external'
    const types = outcome.symbols.filter(isType)
    return types.length === 0 ? undefined : typesOwner(types)
  }

  /** By the signatures around the use, or by the lines before it. */
  function declaredHere(use: Use, name: string): SaidAt | undefined {
    const { file, enclosing } = use
    if (!enclosing || !isWorthReading(file)) return undefined
    const from = Math.max(enclosing.line, use.line - maxLinesBefore)
    const body = reader
      .lines(file.path)
      .slice(from - 1, use.line)
      .filter((line) => !/^\s*(?:\/\/|\*|#(?!\[))/.test(line))
      .join('\n')
    const said = declaredType(file.language, name, body)
    if (said) return { said, place: use }
    const outer = outerDefinition(enclosing)
    return outer
      ? declaredHere({ ...use, enclosing: outer, line: enclosing.line }, name)
      : declaredByType(use, enclosing, name)
  }

  /** `const tool: Tool = { run(input, context) … }`: the type's own member says what `context` is. */
  function declaredByType(use: Use, member: GraphSymbol, name: string): SaidAt | undefined {
    const holder = reader
      .symbolsNamedIn(member.fileId, member.container)
      .find((row) => valueKinds.has(row.kind))
    const said = holder && declaredType(holder.language, holder.name, holder.signature)
    if (!said) return undefined
    const owner = declaredOwner({ ...use, enclosing: holder, line: holder.line }, said)
    if (owner === undefined || owner === 'external') return undefined
    for (const row of membersNamed(reader, owner.types, member.name)) {
      const found = declaredType(row.language, name, row.signature)
      const file = reader.file(row.fileId)
      if (found && file)
        return { said: found, place: { ...use, file, enclosing: row, line: row.line } }
    }
    return undefined
  }

  function outerDefinition(symbol: GraphSymbol): GraphSymbol | undefined {
    if (symbol.container === '') return undefined
    const name = symbol.container.split('.').at(-1) ?? ''
    return reader
      .symbolsNamedIn(symbol.fileId, name)
      .find(
        (row) =>
          row.line <= symbol.line &&
          row.endLine >= symbol.endLine &&
          row.id !== symbol.id &&
          codeKinds.has(row.kind),
      )
  }

  function typesOf(symbol: GraphSymbol): GraphSymbol[] {
    const file = reader.file(symbol.fileId)
    if (!file) return []
    const use: Use = { file, enclosing: symbol, name: symbol.name, receiver: '', line: symbol.line }
    const outcome: Outcome = { how: 'local', symbols: [symbol], modules: [], sure: true }
    const owner = symbolsOwner(use, outcome, codeKinds.has(symbol.kind))
    return owner === undefined || owner === 'external' ? [] : owner.types
  }

  return { ownerOf, typesOf }
}

/** Lower case, not imported, and none of the objects that a language brings. */
function isLocalName(reader: GraphReader, file: GraphFile, name: string): boolean {
  if (!/^[\p{Ll}_]/u.test(name) || globalObjects.has(name)) return false
  return !reader
    .importsOf(file.id)
    .some((row) => row.bindings.some((binding) => binding.local === name))
}

const globalObjects: ReadonlySet<string> = new Set(
  'console process document window globalThis crypto navigator performance localStorage str int list dict'.split(
    ' ',
  ),
)

function typesOwner(types: GraphSymbol[]): Owner {
  return types.length === 0 ? undefined : { types, modules: [] }
}

function isWorthReading(file: GraphFile): boolean {
  return file.language !== 'bash' && file.language !== ''
}
