/**
 * Members that stand for each other at run time: a declaration in a base, trait or interface, and what overrides or
 * implements it, be it in a subtype or in an object literal that is said to be of the type.
 */
import { satisfiedMembers, satisfyingTypes } from './go-interfaces.ts'
import type { Resolver } from './meaning.ts'
import type { GraphSymbol } from './rows.ts'
import { isTopLevel, qualifiedName } from './scope.ts'
import { enclosingTypes, isType, ownMembers, withAncestors, withDescendants } from './types.ts'

/** Object literals with a member of the name that are looked at. */
const maxLiterals = 60

/** What a call may name to reach this member, without the member itself. */
export function declarationsOf(resolver: Resolver, member: GraphSymbol): GraphSymbol[] {
  const { reader } = resolver
  if (!isMember(resolver, member)) return []
  const types = enclosingTypes(reader, member).filter(isType)
  if (types.length === 0)
    return withAncestors(reader, typesOfLiteral(resolver, member)).flatMap((type) =>
      ownMembers(reader, type, member.name),
    )
  const above = withAncestors(reader, types).slice(types.length)
  return [
    ...above.flatMap((type) => ownMembers(reader, type, member.name)),
    ...types.flatMap((type) => satisfiedMembers(reader, type, member.name)),
  ].filter((row) => row.id !== member.id)
}

/** What a call of this member may run instead of it. */
export function implementationsOf(resolver: Resolver, member: GraphSymbol): GraphSymbol[] {
  const { reader } = resolver
  if (!isMember(resolver, member)) return []
  const types = enclosingTypes(reader, member).filter(isType)
  if (types.length === 0) return []
  const below = [
    ...withDescendants(reader, types).slice(types.length),
    ...types.flatMap((type) => satisfyingTypes(reader, type)),
  ]
  const own = new Set(types.map((type) => type.id))
  const literals = reader
    .symbolsNamed(member.name)
    .filter((row) => row.kind === 'method' && row.language === member.language)
    .slice(0, maxLiterals)
    .filter((row) => typesOfLiteral(resolver, row).some((type) => own.has(type.id)))
  return [...below.flatMap((type) => ownMembers(reader, type, member.name)), ...literals].filter(
    (row) => row.id !== member.id,
  )
}

function isMember({ reader }: Resolver, symbol: GraphSymbol): boolean {
  const hasBody =
    symbol.kind === 'method' || symbol.kind === 'function' || symbol.kind === 'property'
  return hasBody && symbol.container !== '' && !isTopLevel(reader, symbol)
}

/** `const tool: Tool = { run() … }`, `function open(): Store { return { close() … } }`: the type that is said there. */
function typesOfLiteral(resolver: Resolver, member: GraphSymbol): GraphSymbol[] {
  const { reader } = resolver
  const name = member.container.split('.').at(-1) ?? ''
  const holder = reader
    .symbolsNamedIn(member.fileId, name)
    .find(
      (row) =>
        !isType(row) &&
        qualifiedName(row) === member.container &&
        row.line <= member.line &&
        row.endLine >= member.endLine,
    )
  return holder ? resolver.typesOf(holder) : []
}
