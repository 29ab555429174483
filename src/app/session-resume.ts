/** Which session is gone on with: the one a person names, a copy of it, or the newest of this directory. */
import { CodiError } from '../base/errors.ts'
import type { ResumeOptions } from '../contract/app.ts'
import type { SessionAccess } from '../contract/session-access.ts'
import type { SessionStore } from '../sessions/store.ts'

export interface ResumeParts {
  access: SessionAccess
  store(): SessionStore
  cwd: string
  /** The session that the app is in. */
  inForce(): string | undefined
}

export interface ResumeChoice {
  id: string
  /** The app is in it already. */
  isInForce: boolean
}

/** Throws a CodiError where there is none, several fit, or it was put away. */
export function sessionToResume(
  parts: ResumeParts,
  typed: string | undefined,
  { fork = false, prompt }: ResumeOptions,
): ResumeChoice {
  const { access, store, cwd } = parts
  const inForce = parts.inForce()
  // Who is in the newest one already means the one before.
  const newest = () =>
    store()
      .list({ cwd, limit: 2 })
      .find((row) => row.id !== inForce)
  const found =
    (typed === undefined && !fork ? newest() : undefined) ?? access.find(typed ?? 'last')
  const { id, archived } = found
  if (fork) return { id: access.fork(id, prompt).id, isInForce: false }
  if (id === inForce) return { id, isInForce: true }
  if (!archived) return { id, isInForce: false }
  const advice = `codi sessions unarchive ${id} brings it back, --fork goes on with a copy`
  throw new CodiError('usage', `Session ${id} is archived; ${advice}`)
}
