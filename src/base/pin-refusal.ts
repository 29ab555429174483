/** Why a directory could not be pinned, for a person: who asks for it has judged nothing before. */
import { CodiError, reasonOf } from './errors.ts'

export function pinRefusal(thrown: unknown): string {
  return thrown instanceof CodiError && thrown.kind === 'stale'
    ? 'a part of its path is a symbolic link, which is not followed'
    : reasonOf(thrown)
}
