/** What a language family must say of its imports. Known are the paths and the manifests; no code is parsed here. */
import type { ProjectPaths } from '../project-paths.ts'

export interface Specifier {
  language: string
  from: string
  specifier: string
  /** As in `imports.names` of the index. */
  names: string[]
}

/** The file, or the directory of a package with `/` at its end; undefined where it is none of the project. */
export type Resolver = (project: ProjectPaths, import_: Specifier) => string | undefined
