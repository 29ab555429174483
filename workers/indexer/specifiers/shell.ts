/** `source` of shell scripts: beside the script, else from the root. */
import { below, directoryOf } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const shell: Resolver = (project, { from, specifier }) => {
  // `"$(dirname "$0")/lib.sh"`: what stands after the last expansion is the path.
  const plain = specifier.replace(/^.*[})"]\//, '').replace(/^["']|["']$/g, '')
  for (const directory of [directoryOf(from), '']) {
    const path = below(directory, `./${plain}`)
    if (path !== undefined && project.has(path)) return path
  }
  return undefined
}
