/** `source` of shell scripts: beside the script, in the directories above, else the only file with that ending. */
import { posix } from 'node:path'
import { ancestors, below, directoryOf } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const shell: Resolver = (project, { from, specifier }) => {
  // `"$(dirname "$0")/lib.sh"`: what stands after the last expansion is the path.
  const plain = specifier
    .replace(/["']/g, '')
    .replace(/^.*[})]\//, '')
    .replace(/^.*\$\w+\//, '')
  if (plain === '' || /[$`*]/.test(plain)) return undefined
  for (const directory of ancestors(directoryOf(from))) {
    const path = below(directory, `./${plain}`)
    if (path !== undefined && project.has(path)) return path
  }
  const ending = `/${plain.replace(/^(?:\.\.?\/)+/, '')}`
  const same = project.named(posix.basename(plain)).filter((path) => path.endsWith(ending))
  return specifier.includes('$') && same.length === 1 ? same[0] : undefined
}
