/** The name, container and kind of a definition, from what its draft says and what encloses it. */
import type { SymbolKind } from '../../../src/contract/symbol.ts'
import type { Draft } from './found.ts'
import type { Language } from './languages.ts'

export interface Named {
  name: string
  container: string
  exported: boolean
  qualified?: boolean
  /** Of the name in what the draft says. */
  offset: number
}

export function nameAndContainer(language: Language, draft: Draft, parentPath: string): Named {
  if (draft.containerText !== undefined && language.container) {
    const container = language.container(draft.containerText)
    return {
      name: draft.name,
      container: container.name || parentPath,
      exported: container.exported === true && parentPath === '',
      offset: 0,
    }
  }
  // `ns::Class::method` of C++ names its container itself.
  const cut = language.qualifier === undefined ? -1 : lastOutside(draft.name, language.qualifier)
  if (cut > 0 && language.qualifier !== undefined) {
    const own = draft.name.slice(0, cut).replace(/<.*?>/g, '').split(language.qualifier).join('.')
    return {
      name: draft.name.slice(cut + language.qualifier.length),
      container: parentPath ? `${parentPath}.${own}` : own,
      exported: false,
      qualified: true,
      offset: cut + language.qualifier.length,
    }
  }
  return { name: draft.name, container: parentPath, exported: false, offset: 0 }
}

/** Where the last `mark` stands that is in no `<…>` and not in `operator …`. */
function lastOutside(name: string, mark: string): number {
  const operator = name.search(/\boperator\b/)
  const end = operator < 0 ? name.length : operator
  let depth = 0
  for (let at = end - 1; at >= 0; at--) {
    if (name[at] === '>') depth++
    else if (name[at] === '<') depth--
    else if (depth === 0 && name.startsWith(mark, at) && at + mark.length <= end) return at
  }
  return -1
}

export function finalKind(
  language: Language,
  kind: SymbolKind,
  parent: SymbolKind | 'scope' | undefined,
  facts: { name: string; signature: string; hasContainer: boolean; qualified: boolean },
): SymbolKind {
  const inType =
    parent === 'scope' ||
    parent === 'class' ||
    parent === 'struct' ||
    parent === 'trait' ||
    parent === 'interface' ||
    parent === 'enum'
  const owned = facts.qualified || (facts.hasContainer && parent === undefined)
  if (kind === 'function' && (inType || owned)) return 'method'
  if (kind === 'method' && !facts.hasContainer) return 'function'
  return language.kind?.(kind, facts) ?? kind
}
