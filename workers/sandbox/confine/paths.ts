/** Paths as the kernel sees them. */
import { realpathSync } from 'node:fs'

export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)
}

/** Undefined where there is nothing, or it cannot be looked at. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}
