/** Paths as the kernel sees them. */
import { realpathSync } from 'node:fs'

/** Whether `path` is `directory` or lies in it; both absolute, without `..`. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

/**
 * Symbolic links resolved, each name as the file system has it, whatever the case it was typed in. Undefined where there
 * is nothing, or it cannot be looked at.
 */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}
