/** What file an import means: a row a language, a file a family. */
import type { ProjectPaths } from './project-paths.ts'
import { csharp } from './specifiers/csharp.ts'
import { go } from './specifiers/go.ts'
import { include } from './specifiers/include.ts'
import { java } from './specifiers/java.ts'
import { php } from './specifiers/php.ts'
import { python } from './specifiers/python.ts'
import type { Resolver, Specifier } from './specifiers/resolver.ts'
import { ruby } from './specifiers/ruby.ts'
import { rust } from './specifiers/rust.ts'
import { script } from './specifiers/script.ts'
import { shell } from './specifiers/shell.ts'

const resolvers: Readonly<Record<string, Resolver>> = {
  typescript: script,
  tsx: script,
  javascript: script,
  python,
  go,
  rust,
  java,
  csharp,
  cpp: include,
  ruby,
  php,
  bash: shell,
}

/** As a Resolver; undefined also for a language without a row. */
export function resolveSpecifier(project: ProjectPaths, import_: Specifier): string | undefined {
  return resolvers[import_.language]?.(project, import_)
}
