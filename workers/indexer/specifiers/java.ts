/** Imports of Java: by the file that the package and class name. */
import { posix } from 'node:path'
import type { Resolver } from './resolver.ts'

export const java: Resolver = (project, { specifier }) => {
  const segments = specifier.split('.')
  // A static import or a nested class has more segments than the file.
  for (let count = segments.length; count > 1; count--) {
    const ending = `${segments.slice(0, count).join('/')}.java`
    const found = project
      .named(posix.basename(ending))
      .find((path) => path === ending || path.endsWith(`/${ending}`))
    if (found) return found
  }
  return undefined
}
