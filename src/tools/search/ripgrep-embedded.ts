/**
 * Where the ripgrep binary of the npm package lies. This text is what runs from source; build.ts replaces the whole
 * module (a bundler plugin with `onLoad` for this file name) by
 *   import path from '<package>/bin/rg' with { type: 'file' }
 *   export const embeddedRipgrep: string | undefined = path
 * and by `undefined` where the platform package of the target is not installed: then the one on PATH is used.
 */
export const embeddedRipgrep: string | undefined = installedRipgrep()

function installedRipgrep(): string | undefined {
  const file = process.platform === 'win32' ? 'rg.exe' : 'rg'
  try {
    return Bun.resolveSync(
      `@vscode/ripgrep-${process.platform}-${process.arch}/bin/${file}`,
      import.meta.dir,
    )
  } catch {
    return undefined
  }
}
