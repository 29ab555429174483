/** `#include` of C and C++: beside the file, in `include` and `src` above it, else the only file of that name. */
import { posix } from 'node:path'
import { ancestors, below, directoryOf } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const include: Resolver = (project, { from, specifier }) => {
  for (const directory of ancestors(directoryOf(from)))
    for (const folder of ['', 'include', 'src']) {
      const path = below(below(directory, `./${folder}`) ?? '', `./${specifier}`)
      if (path !== undefined && project.has(path)) return path
    }
  const same = project
    .named(posix.basename(specifier))
    .filter((path) => path.endsWith(`/${specifier}`))
  return same.length === 1 ? same[0] : undefined
}
