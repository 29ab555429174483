/** What people call a language, as the ids that the index stores. */

const names: Record<string, string[]> = {
  ts: ['typescript', 'tsx'],
  typescript: ['typescript', 'tsx'],
  js: ['javascript'],
  jsx: ['javascript'],
  py: ['python'],
  golang: ['go'],
  rs: ['rust'],
  rb: ['ruby'],
  sh: ['bash'],
  shell: ['bash'],
  c: ['cpp'],
  'c++': ['cpp'],
  'c#': ['csharp'],
  cs: ['csharp'],
}

/** A name that is in no table is taken as it is: it may match nothing. */
export function languageIds(name: string): string[] {
  const lower = name.trim().toLowerCase()
  return names[lower] ?? [lower]
}
