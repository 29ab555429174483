/**
 * What one use of a name means: with what stands before the dot, the imports of its file, the definition around it and
 * the types that are said there.
 */
import { familyOf } from './bindings.ts'
import { exportsNamed, isVisible } from './exports.ts'
import { isMeaning, isOne, meaningOfName, type Outcome } from './names.ts'
import { createOwners, type Use } from './owners.ts'
import type { GraphReader } from './reader.ts'
import type { GraphReference, GraphSymbol } from './rows.ts'
import {
  commonMembers,
  isTopLevel,
  qualifiedName,
  rulesOf,
  selfWords,
  superWords,
  valueKinds,
} from './scope.ts'
import { isShadowed } from './shadow.ts'
import { isDeclaration } from './starts.ts'
import { membersNamed, ownMembers, surroundingTypes, withDescendants } from './types.ts'

export interface Resolver {
  readonly reader: GraphReader
  meaning(use: Use): Outcome
  /** Of a row of `refs`; undefined also when its file is gone. */
  meaningOfReference(reference: GraphReference): Outcome
  /** The types that a value, or what a function gives, is declared to be of. */
  typesOf(symbol: GraphSymbol): GraphSymbol[]
}

export function createResolver(reader: GraphReader): Resolver {
  const known = new Map<string, Outcome>()
  const byMember = new Map<string, Outcome>()
  const { ownerOf, typesOf } = createOwners({ reader, bare, meaning })

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
      for (const types of surroundingTypes(reader, use.enclosing)) {
        const members = membersNamed(reader, types, use.name)
        if (members.length > 0) return { how: 'member', symbols: members, modules: [], sure: true }
      }
    }
    const outcome = meaningOfName(reader, use, use.name)
    return isOutside(outcome, use.enclosing) && isShadowed(reader, use, use.name)
      ? undefined
      : outcome
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
    const likely = isOne(symbols) && !commonMembers.has(use.name)
    const outcome: Outcome =
      symbols.length === 0 ? undefined : { how: 'name', symbols, modules: [], sure: false, likely }
    byMember.set(key, outcome)
    return outcome
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

/** True where what a name means is not defined in the function around it. */
function isOutside(outcome: Outcome, enclosing: GraphSymbol | undefined): boolean {
  if (!isMeaning(outcome) || !enclosing) return false
  const inside = `${qualifiedName(enclosing)}.`
  return !outcome.symbols.some((row) => `${row.container}.`.startsWith(inside))
}

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
