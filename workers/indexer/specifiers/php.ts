/** `use` and `include` of PHP: a path as it is, a class by the file that shares most of its namespace. */
import { below, directoryOf } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const php: Resolver = (project, { from, specifier }) => {
  if (/\.\w+$/.test(specifier)) {
    const near = below(directoryOf(from), `./${specifier.replace(/^\/+/, '')}`)
    return near !== undefined && project.has(near) ? near : undefined
  }
  const segments = specifier.split('\\').filter((part) => part !== '')
  const shared = (path: string) => {
    const parts = path
      .replace(/\.php$/, '')
      .split('/')
      .reverse()
    const wanted = [...segments].reverse()
    let count = 0
    while (count < wanted.length && wanted[count] === parts[count]) count++
    return count
  }
  return [...project.named(`${segments.at(-1) ?? ''}.php`)].sort((a, b) => shared(b) - shared(a))[0]
}
