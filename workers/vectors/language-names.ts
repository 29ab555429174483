/** What people call a language, as the ids that the index stores. */
import { closest } from '../../src/base/closest.ts'
import { CodiError } from '../../src/base/errors.ts'

/** Every id stands for itself; '' is text without a grammar. */
const aliases: Record<string, string[]> = {
  typescript: ['typescript', 'tsx'],
  ts: ['typescript', 'tsx'],
  mts: ['typescript'],
  cts: ['typescript'],
  tsx: ['tsx'],
  javascript: ['javascript'],
  js: ['javascript'],
  jsx: ['javascript'],
  mjs: ['javascript'],
  cjs: ['javascript'],
  python: ['python'],
  py: ['python'],
  go: ['go'],
  golang: ['go'],
  rust: ['rust'],
  rs: ['rust'],
  java: ['java'],
  c: ['c', 'cpp'],
  h: ['c', 'cpp'],
  cpp: ['cpp'],
  'c++': ['cpp'],
  cc: ['cpp'],
  cxx: ['cpp'],
  csharp: ['csharp'],
  'c#': ['csharp'],
  cs: ['csharp'],
  ruby: ['ruby'],
  rb: ['ruby'],
  php: ['php'],
  bash: ['bash'],
  sh: ['bash'],
  shell: ['bash'],
  zsh: ['bash'],
  kotlin: ['kotlin'],
  kt: ['kotlin'],
  swift: ['swift'],
  text: [''],
  docs: [''],
}

/** Small enough for a column of a segment; two languages never share one. */
export function languageCode(id: string): number {
  return Number(Bun.hash.xxHash32(id))
}

/**
 * The ids that `name` means; a language of which the project has no file is fine. Throws a CodiError for a name that
 * is in neither the table nor `indexed`.
 */
export function languageIds(name: string, indexed: readonly string[]): string[] {
  const lower = name.trim().toLowerCase().replace(/^\./, '')
  const ids = aliases[lower] ?? (indexed.includes(lower) && lower !== '' ? [lower] : undefined)
  if (ids) return ids
  const listed = indexed.map((id) => (id === '' ? 'text' : id)).sort()
  const [meant] = closest(lower, [...listed, ...Object.keys(aliases)], { limit: 1 })
  throw new CodiError(
    'invalid',
    `There is no language ${JSON.stringify(name)}${meant === undefined ? '' : ` (did you mean ${meant}?)`}; ` +
      `the index has ${listed.join(', ') || 'no files yet'}`,
  )
}
