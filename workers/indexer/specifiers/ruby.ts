/** `require` of Ruby: beside the file, else below a `lib`. */
import { posix } from 'node:path'
import { below, directoryOf } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const ruby: Resolver = (project, { from, specifier }) => {
  const file = specifier.endsWith('.rb') ? specifier : `${specifier}.rb`
  const near = below(directoryOf(from), `./${file}`)
  if (near !== undefined && project.has(near)) return near
  return project
    .named(posix.basename(file))
    .find((path) => path === `lib/${file}` || path.endsWith(`/lib/${file}`))
}
