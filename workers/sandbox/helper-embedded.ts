/**
 * Where the compiled helper lies. This text is what runs from source: the copy that build.ts left in dist/native.
 * build.ts replaces the whole module, as it does for ripgrep: by the path of the embedded file, or by undefined where
 * the helper could not be compiled.
 */
import { join } from 'node:path'

export const embeddedHelper: string | undefined = join(
  import.meta.dir,
  '../../dist/native/codi-sandbox',
)
