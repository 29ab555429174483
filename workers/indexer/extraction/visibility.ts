/** Who may see a definition, by each language's own rules. */
import type { SymbolKind, Visibility } from '../../../src/contract/symbol.ts'

/** What encloses a definition. */
export interface Container {
  kind: SymbolKind | 'scope'
  exported: boolean
  visibility: Visibility
  /** As `head` below. */
  head: string
}

/** What a rule may look at. */
export interface VisibilityFacts {
  name: string
  kind: SymbolKind
  /** What stands before the name on its way from the start of the line: keywords, modifiers, a return type. */
  head: string
  /** Its own export statement, export list or `__all__` names it. */
  listed: boolean
  /** The file has such a list at all. */
  hasList: boolean
  /** The word that stands for it beside it: `private:` of C++, `private` of Ruby. */
  access: string | undefined
  /** Where it was declared in its class. */
  declared: Visibility | undefined
  parent: Container | undefined
}

export type VisibilityRule = (facts: VisibilityFacts) => Visibility

/** TypeScript, JavaScript: members by modifier and `#`, the rest by export. */
export const ecmaVisibility: VisibilityRule = ({ parent, head, name, listed }) => {
  if (!parent) return listed ? 'public' : 'private'
  if (parent.kind === 'module')
    return listed || /\bdeclare\b/.test(parent.head) ? 'public' : 'private'
  if (name.startsWith('#') || /\bprivate\b/.test(head)) return 'private'
  return /\bprotected\b/.test(head) ? 'protected' : 'public'
}

/** One underscore asks politely, two mangle; `__all__` decides for a module that has it. */
export const pythonVisibility: VisibilityRule = ({ parent, name, hasList, listed }) => {
  const special = /^__\w+__$/.test(name)
  if (parent) {
    if (special || !name.startsWith('_')) return 'public'
    return name.startsWith('__') ? 'private' : 'protected'
  }
  if (hasList) return listed ? 'public' : name.startsWith('_') ? 'private' : 'internal'
  return name.startsWith('_') && !special ? 'private' : 'public'
}

/** A small letter keeps a name in its package. */
export const goVisibility: VisibilityRule = ({ name }) =>
  /^\p{Lu}/u.test(name) ? 'public' : 'internal'

/** `pub`, `pub(crate)`; what belongs to a trait or an enum is as visible as that. */
export const rustVisibility: VisibilityRule = ({ parent, head, kind, listed }) => {
  if (parent?.kind === 'trait' || parent?.kind === 'enum') return parent.visibility
  if (parent?.kind === 'constant') return parent.visibility
  if (parent?.kind === 'scope' && parent.visibility === 'public') return 'public'
  if (kind === 'macro' && listed) return 'public'
  const pub = /\bpub\b\s*(\(\s*[\w: ]+\))?/.exec(head)
  if (!pub) return 'private'
  if (pub[1] === undefined) return 'public'
  return /\(\s*self\s*\)/.test(pub[1]) ? 'private' : 'internal'
}

/** Nothing said means the package; members of interfaces are public, constants of an enum as visible as it. */
export const javaVisibility: VisibilityRule = ({ parent, head, kind }) => {
  const word = modifier(head)
  if (word) return word
  if (parent?.kind === 'interface' || isComponent(kind, parent)) return 'public'
  if (parent?.kind === 'enum' && kind === 'constant') return parent.visibility
  return 'internal'
}

/** Nothing said means the assembly for a type and the class for a member. */
export const cSharpVisibility: VisibilityRule = ({ parent, head, kind }) => {
  const word = modifier(head)
  if (word) return word
  if (kind === 'module') return 'public'
  if (parent?.kind === 'interface' || isComponent(kind, parent)) return 'public'
  if (parent?.kind === 'enum') return parent.visibility
  return parent && parent.kind !== 'module' ? 'private' : 'internal'
}

/** Sections in classes; `static` and a namespace without a name keep to the file. */
export const cppVisibility: VisibilityRule = ({ parent, head, access, declared }) => {
  if (declared) return declared
  if (parent?.kind === 'class' || parent?.kind === 'struct') {
    const word = modifier(access ?? '')
    return word ?? (parent.kind === 'class' ? 'private' : 'public')
  }
  if (parent?.kind === 'enum') return parent.visibility
  if (parent?.visibility === 'private') return 'private'
  return /(?:^|\s)static\b/.test(head) ? 'private' : 'public'
}

/** `private` and `protected` as sections, before a definition, or with names. */
export const rubyVisibility: VisibilityRule = ({ access, head }) => {
  // A section does not reach `def self.name`.
  if (/\bdef\s+self\b/.test(head) && access !== 'private_class_method') return 'public'
  return modifier((access ?? '').replace(/^(private|public)_.*/, '$1')) ?? 'public'
}

export const phpVisibility: VisibilityRule = ({ head }) => modifier(head) ?? 'public'

/** By custom alone: a leading underscore. */
export const shellVisibility: VisibilityRule = ({ name }) =>
  name.startsWith('_') ? 'private' : 'public'

/** `record Point(int X, int Y)` gives everyone its parts. */
function isComponent(kind: SymbolKind, parent: Container | undefined): boolean {
  return kind === 'property' && /\brecord\b/.test(parent?.head ?? '')
}

function modifier(words: string): Visibility | undefined {
  if (/\bprotected\b/.test(words)) return 'protected'
  if (/\bprivate\b/.test(words)) return 'private'
  if (/\bpublic\b/.test(words)) return 'public'
  return /\binternal\b/.test(words) ? 'internal' : undefined
}
