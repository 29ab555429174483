/** Whether codi can keep files in a directory of its own, which is made where it is missing: for this user alone. */
import { accessSync, constants, mkdirSync } from 'node:fs'

export function isWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    accessSync(directory, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
