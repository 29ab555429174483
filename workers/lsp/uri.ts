/** From a URI of a server to a path; servers spell the same URI in different ways, the path is the same. */
import { fileURLToPath } from 'node:url'

/** Absolute; undefined for what is no file (`untitled:`, `jdt://`). */
export function pathOfUri(uri: string): string | undefined {
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}
