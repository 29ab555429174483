/** `require` of Ruby: relative ones from the file, others below a `lib` or another root of the load path. */
import { posix } from 'node:path'
import { ancestors, below, directoryOf, nearest } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

const roots = ['lib', 'app', 'spec', 'test', '']

export const ruby: Resolver = (project, { from, specifier }) => {
  const file = specifier.endsWith('.rb') ? specifier : `${specifier}.rb`
  const has = (path: string | undefined) => path !== undefined && project.has(path)
  if (file.startsWith('.')) {
    // `require_relative` from its file, `require './x'` from where the program is started.
    return [below(directoryOf(from), file), below('', file)].find(has)
  }
  for (const directory of ancestors(directoryOf(from)))
    for (const root of roots) {
      const path = below(below(directory, `./${root}`), `./${file}`)
      if (has(path)) return path
    }
  const found = project
    .named(posix.basename(file))
    .filter((path) => path === `lib/${file}` || path.endsWith(`/lib/${file}`))
  return nearest(found, from)
}
