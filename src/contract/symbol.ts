/** One definition as every part of codi knows it. Lines are 1-based and inclusive, paths relative with `/`. */

export const symbolKinds = [
  'function',
  'method',
  'class',
  'interface',
  'type',
  'enum',
  'variable',
  'constant',
  'property',
  'module',
  'struct',
  'trait',
  'macro',
] as const
export type SymbolKind = (typeof symbolKinds)[number]

export type Visibility = 'public' | 'protected' | 'internal' | 'private'

/** One definition. */
export interface SymbolRow {
  path: string
  name: string
  kind: SymbolKind
  line: number
  endLine: number
  /** Where the name itself stands; the column is 1-based, in UTF-16 units. */
  nameLine: number
  nameColumn: number
  /** Enclosing class, module, impl … ; empty at top level. */
  container: string
  /** First line(s) up to the body, white space folded, at most 300 characters. */
  signature: string
  /** Seen from outside its file, class or package, as far as the language says. */
  exported: boolean
  visibility: Visibility
  /** First paragraph of the doc comment, without its markers; empty where there is none. */
  doc: string
}

/** `Store.close`, `close` at top level. */
export function qualifiedName({ container, name }: Pick<SymbolRow, 'container' | 'name'>): string {
  return container === '' ? name : `${container}.${name}`
}
