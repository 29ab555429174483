/**
 * What one use of a name means: with what stands before the dot, the imports of its file, the definition around it and
 * the types that are said there.
 */
import { familyOf } from './bindings.ts'
import { type Declared, declaredType, resultType } from './declared-type.ts'
import { exportsNamed, isVisible } from './exports.ts'
import { isOne, type Meaning, meaningOfName, type NamePlace, type Outcome } from './names.ts'
import type { GraphFile, GraphReader, GraphReference, GraphSymbol } from './reader.ts'
import {
  codeKinds,
  commonMembers,
  isTopLevel,
  qualifiedName,
  rulesOf,
  selfWords,
  superWords,
  valueKinds,
} from './scope.ts'
import { isDeclaration } from './starts.ts'
import {
  basesOf,
  enclosingTypes,
  isType,
  membersNamed,
  ownMembers,
  withDescendants,
} from './types.ts'

export interface Use extends NamePlace {
  name: string
  /** What stands before the dot; '' for none. */
  receiver: string
  line: number
}

export interface Resolver {
  readonly reader: GraphReader
  meaning(use: Use): Outcome
  /** Of a row of `refs`; undefined also when its file is gone. */
  meaningOfReference(reference: GraphReference): Outcome
  /** The types that a value, or what a function gives, is declared to be of. */
  typesOf(symbol: GraphSymbol): GraphSymbol[]
}

/** What a receiver is: instances or the types themselves, whole modules, or nothing of this project. */
type Owner = { types: GraphSymbol[]; modules: string[] } | 'external' | undefined

/** What a declaration says of a variable, and where its type's name is to be understood. */
interface SaidAt {
  said: Declared
  place: Use
}

/** Links of a receiver (`a.b.c`) that are followed, and lines before a use that are searched for a declaration. */
const maxLinks = 5
const maxLinesBefore = 400
const maxTypeLines = 2_000

export function createResolver(reader: GraphReader): Resolver {
  const known = new Map<string, Outcome>()
  const owners = new Map<string, Owner>()
  const byMember = new Map<string, Outcome>()

  function meaning(use: Use): Outcome {
    // The line only matters for a receiver, whose declaration is searched before it.
    const at = use.receiver === '' ? '' : use.line
    const key = `${use.file.id} ${use.enclosing?.id} ${at} ${use.receiver} ${use.name}`
    if (known.has(key)) return known.get(key)
    const outcome = withDefinition(reader, find(use))
    known.set(key, outcome)
    return outcome
  }

  function find(use: Use): Outcome {
    if (use.receiver === '') return bare(use)
    const literal = literalMembers(use)
    if (literal.length > 0) return { how: 'member', symbols: literal, modules: [], sure: true }
    const owner = ownerOf(use, use.receiver)
    if (owner === 'external') return 'external'
    if (owner === undefined) return byMemberName(use)
    for (const module of owner.modules) {
      const found = exportsNamed(reader, module, use.name)
      const symbols = found.symbols.filter((row) => isVisible(row, use.file))
      if (symbols.length > 0 || found.modules.length > 0)
        return { how: 'imported', symbols, modules: found.modules, sure: true }
    }
    if (owner.types.length === 0) return 'external'
    const members = membersNamed(reader, owner.types, use.name)
    if (members.length > 0) return { how: 'member', symbols: members, modules: [], sure: true }
    // A subtype may have it where the type does not say so: templates, duck types.
    const isSuper = superWords.has(use.receiver.replace(/\(.*$/, ''))
    const below = isSuper
      ? []
      : withDescendants(reader, owner.types).flatMap((type) =>
          membersNamed(reader, [type], use.name),
        )
    if (below.length > 0) return { how: 'member', symbols: below, modules: [], sure: false }
    // An alias does not say what it has; any other type may have inherited it from outside the project.
    return owner.types.some((type) => type.kind !== 'type') ? 'external' : byMemberName(use)
  }

  /** `tool.run` where `tool` is an object literal: its own member, whatever type it is said to be of. */
  function literalMembers(use: Use): GraphSymbol[] {
    if (!/^[\w$]+$/.test(use.receiver) || selfWords.has(use.receiver)) return []
    const holder = bare({ ...use, name: use.receiver, receiver: '' })
    if (!isMeaning(holder)) return []
    return holder.symbols
      .filter((row) => valueKinds.has(row.kind))
      .flatMap((row) => ownMembers(reader, row, use.name))
  }

  function bare(use: Use): Outcome {
    const { implicitMember } = rulesOf(use.file.language)
    if (implicitMember) {
      const types = enclosingTypes(reader, use.enclosing).filter(isType)
      const members = membersNamed(reader, types, use.name)
      if (members.length > 0) return { how: 'member', symbols: members, modules: [], sure: true }
    }
    return meaningOfName(reader, use, use.name)
  }

  /** Nothing is known of the receiver: any member of the name may be meant. */
  function byMemberName(use: Use): Outcome {
    const key = `${familyOf(use.file.language)} ${use.name}`
    if (byMember.has(key)) return byMember.get(key)
    const symbols = reader
      .symbolsNamed(use.name)
      .filter(
        (row) =>
          row.container !== '' &&
          familyOf(row.language) === familyOf(use.file.language) &&
          !isTopLevel(reader, row),
      )
    const sure = isOne(symbols) && !commonMembers.has(use.name)
    const outcome: Outcome =
      symbols.length === 0 ? undefined : { how: 'name', symbols, modules: [], sure }
    byMember.set(key, outcome)
    return outcome
  }

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
      if (said) return declaredOwner({ ...use, file, enclosing: type, line: type.endLine }, said)
    }
    return undefined
  }

  /** Types stay what they are; a value is of the type that it is declared with, a call of the one it gives. */
  function symbolsOwner(use: Use, outcome: Outcome, called: boolean): Owner {
    if (!isMeaning(outcome)) return outcome
    if (outcome.modules.length > 0) return { types: [], modules: outcome.modules }
    const types = outcome.symbols.filter(isType)
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
    if (/^[A-Z]\d?$/.test(name)) return undefined
    const outcome =
      links.length === 0
        ? meaningOfName(reader, use, name)
        : find({ ...use, name, receiver: links.join('.') })
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

  return {
    reader,
    meaning,
    typesOf,
    meaningOfReference(reference) {
      const file = reader.file(reference.fileId)
      if (!file) return undefined
      const enclosing =
        reference.symbolId === undefined ? undefined : reader.symbol(reference.symbolId)
      return meaning({
        file,
        enclosing,
        name: reference.name,
        receiver: reference.receiver,
        line: reference.line,
      })
    },
  }
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

/** The one definition of what a header only declares. */
function withDefinition(reader: GraphReader, outcome: Outcome): Outcome {
  if (!isMeaning(outcome) || !outcome.symbols.some(isDeclaration)) return outcome
  const symbols = outcome.symbols.map((row) => {
    if (!isDeclaration(row)) return row
    const bodies = reader
      .symbolsNamed(row.name)
      .filter((each) => each.language === 'cpp' && !isDeclaration(each) && isSame(each, row))
    const [body] = bodies
    return body && bodies.length === 1 ? body : row
  })
  return { ...outcome, symbols: [...new Set(symbols)] }
}

function isSame(a: GraphSymbol, b: GraphSymbol): boolean {
  return qualifiedName(a) === qualifiedName(b)
}

export function isMeaning(outcome: Outcome): outcome is Meaning {
  return outcome !== undefined && outcome !== 'external'
}

function typesOwner(types: GraphSymbol[]): Owner {
  return types.length === 0 ? undefined : { types, modules: [] }
}

function isWorthReading(file: GraphFile): boolean {
  return file.language !== 'bash' && file.language !== ''
}
