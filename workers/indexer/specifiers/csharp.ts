/** `using` of C#: the files that declare the namespace, or the file of the type that is named. */
import { directoryOf, nearest, type ProjectPaths } from '../project-paths.ts'
import type { Resolver } from './resolver.ts'

export const csharp: Resolver = (project, { from, specifier }) => {
  const files = project.namespaces().get(specifier)
  if (files) return placeOf(files.filter((path) => path !== from))
  const dot = specifier.lastIndexOf('.')
  const type = `${specifier.slice(dot + 1)}.cs`
  const own = project.namespaces().get(specifier.slice(0, dot)) ?? []
  return (
    own.find((path) => path === type || path.endsWith(`/${type}`)) ??
    anywhere(project, type, from, own)
  )
}

/** One file is itself; several are the directory that holds the most of them. */
function placeOf(files: readonly string[]): string | undefined {
  if (files.length < 2) return files[0]
  const counts = new Map<string, number>()
  for (const path of files) counts.set(directoryOf(path), (counts.get(directoryOf(path)) ?? 0) + 1)
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || a[0].length - b[0].length)
  return best && `${best[0]}/`
}

function anywhere(
  project: ProjectPaths,
  type: string,
  from: string,
  own: readonly string[],
): string | undefined {
  // A namespace of the project whose type stands in a file of another name.
  return own.length > 0 ? nearest(own, from) : nearest(project.named(type), from)
}
