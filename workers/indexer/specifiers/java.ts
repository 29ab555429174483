/** Imports of Java: by the file that package and class name below any source root; `a.b.*` is the package's directory. */
import { posix } from 'node:path'
import { nearest } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const java: Resolver = (project, { from, specifier, names }) => {
  const segments = specifier.split('.')
  const within = (path: string, ending: string) => path === ending || path.endsWith(`/${ending}`)
  // A static import or a nested class has more segments than the file.
  for (let count = segments.length; count > 1; count--) {
    const ending = `${segments.slice(0, count).join('/')}.java`
    const files = project.named(posix.basename(ending)).filter((path) => within(path, ending))
    if (files.length > 0) return nearest(files, from)
  }
  if (!names.includes('*')) return undefined
  const ending = segments.join('/')
  const directories = project
    .directoriesNamed(segments.at(-1) ?? '')
    .filter(
      (path) =>
        within(path, ending) && project.inDirectory(path).some((file) => file.endsWith('.java')),
    )
  const directory = nearest(directories, from)
  return directory === undefined ? undefined : `${directory}/`
}
