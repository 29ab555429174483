/** What a language family must say of its imports. Only paths are known here, nothing is parsed. */
import type { ProjectPaths } from '../project-paths.ts'

export interface Specifier {
  language: string
  from: string
  specifier: string
  names: string[]
}

/** The file, or for Go the package directory with `/` at its end; undefined where it is none of the project. */
export type Resolver = (project: ProjectPaths, import_: Specifier) => string | undefined
