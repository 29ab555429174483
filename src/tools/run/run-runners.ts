/** The test runners codi knows by name: how a script calls them, and how one is told to run only some tests. Data. */

export interface Runner {
  name: string
  /** How a command line or a package script shows that it is this one. */
  sign: RegExp
  /** Arguments for tests of this name; absent where the runner has none. */
  byName?(name: string): string[]
  /** Arguments for this file or directory. */
  byPath?(path: string): string[]
  /** What `byPath` takes the place of in the command. */
  everything?: string
}

const path = (file: string) => [file]

export const runners: readonly Runner[] = [
  { name: 'vitest', sign: /\bvitest\b/, byName: (name) => ['-t', name], byPath: path },
  {
    name: 'jest',
    sign: /\b(jest|react-scripts test)\b/,
    byName: (name) => ['-t', name],
    byPath: path,
  },
  { name: 'mocha', sign: /\bmocha\b/, byName: (name) => ['-g', name], byPath: path },
  { name: 'playwright', sign: /\bplaywright\b/, byName: (name) => ['-g', name], byPath: path },
  { name: 'ava', sign: /\bava\b/, byName: (name) => ['-m', `*${name}*`], byPath: path },
  { name: 'bun', sign: /\bbun(?:\.exe)? test\b/, byName: (name) => ['-t', name], byPath: path },
  { name: 'deno', sign: /\bdeno test\b/, byName: (name) => ['--filter', name], byPath: path },
  // Options of node after the first file belong to that file, so a name cannot be appended to a script.
  { name: 'node', sign: /\bnode\b.*\s--test\b/, byPath: path },
  {
    name: 'pytest',
    sign: /\b(pytest|py\.test)\b/,
    byName: (name) => ['-k', name],
    byPath: path,
  },
  {
    name: 'unittest',
    sign: /\bunittest\b/,
    byName: (name) => ['-k', name],
    byPath: path,
    everything: 'discover',
  },
  {
    name: 'go',
    sign: /\bgo test\b/,
    byName: (name) => ['-run', name],
    byPath: (file) => [`./${file.endsWith('.go') ? file.replace(/\/?[^/]*$/, '') : file}`],
    everything: './...',
  },
  { name: 'cargo', sign: /\bcargo (nextest|test)\b/, byName: (name) => [name] },
  { name: 'rspec', sign: /\brspec\b/, byName: (name) => ['-e', name], byPath: path },
  { name: 'phpunit', sign: /\bphpunit\b/, byName: (name) => ['--filter', name], byPath: path },
  { name: 'dotnet', sign: /\bdotnet test\b/, byName: (name) => ['--filter', name] },
  { name: 'maven', sign: /\bmvnw?\b/, byName: (name) => [`-Dtest=${name}`] },
  { name: 'gradle', sign: /\bgradlew?\b/, byName: (name) => ['--tests', name] },
  { name: 'mix', sign: /\bmix test\b/, byPath: path },
  { name: 'swift', sign: /\bswift test\b/, byName: (name) => ['--filter', name] },
]

export function runnerOf(command: string): Runner | undefined {
  return runners.find((runner) => runner.sign.test(command))
}
