/** The imports of a file as rows: what a language's statement stands for, and which names are given on. */
import type { Import } from './extraction.ts'
import type { Found } from './found.ts'
import type { Language } from './languages.ts'

export function importsOf(language: Language, found: Found): Import[] {
  return [...found.imports.values()].flatMap(({ specifier, line, reexport, names, silent }) => {
    const row = { specifier, line, reexport, names: [...names] }
    const parts =
      language.expandImport && !silent ? language.expandImport(specifier, row.names) : [row]
    return parts.flatMap((part) => splitReexports({ ...row, ...part }, found.exportedNames))
  })
}

/** `import { a } from './a'` with `export { a }` further down gives `a` on. */
function splitReexports(row: Import, exported: ReadonlySet<string>): Import[] {
  if (row.reexport || exported.size === 0) return [row]
  const [given, kept] = [true, false].map((wanted) =>
    row.names.filter((name) => exported.has(name.slice(name.indexOf('=') + 1)) === wanted),
  )
  if (!given || !kept || given.length === 0) return [row]
  const rows = [{ ...row, names: given, reexport: true }]
  return kept.length === 0 ? rows : [{ ...row, names: kept }, ...rows]
}
