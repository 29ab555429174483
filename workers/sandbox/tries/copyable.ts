/** What of a session can be copied for a try, and which commands cannot run on a copy. */
import { CodiError } from '../../../src/base/errors.ts'
import { isWithin } from '../../../src/base/paths.ts'
import type { CommandAccess, SandboxPolicy } from '../../../src/contract/sandbox-service.ts'

/** Directories that commands see another content of: a copy of what is around them cannot be laid under it. */
const coveredPlaces = ['/tmp', '/var/tmp', '/run', '/dev', '/proc', '/sys']

/** Why nothing of the session can be copied at all. */
export function whyNoCopy({
  mode,
  writable,
  protected: closed,
}: SandboxPolicy): string | undefined {
  if (mode === 'off') return 'the sandbox is switched off'
  if (mode === 'read-only' || writable.length === 0) return 'nothing is writable in this session'
  for (const root of writable) {
    const covered = coveredPlaces.find((place) => isWithin(place, root))
    if (covered !== undefined) return `${root} holds ${covered}, which cannot be copied`
    // It would be writable for itself, in a place that the copy around it closes.
    const place = closed.find((path) => isWithin(root, path))
    if (place !== undefined) return `${root} lies in ${place}, which is protected`
  }
  return undefined
}

/** The kernel lays no overlay over a directory with other mounts below it, and does not say so. */
export function mountBelow(roots: readonly string[], mounts: string): string | undefined {
  for (const line of mounts.split('\n')) {
    const place = line
      .split(' ')[4]
      ?.replace(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      )
    const root = roots.find((one) => place?.startsWith(`${one}/`))
    if (root !== undefined) return `${root} has another mount below it (${place})`
  }
  return undefined
}

export function refuseAccess(access: CommandAccess | undefined): void {
  const { gitWrite, writePath, unsandboxed } = access ?? {}
  const beyond = unsandboxed
    ? 'outside the sandbox'
    : writePath !== undefined
      ? `with write access to ${writePath}`
      : gitWrite
        ? 'with write access to .git'
        : undefined
  if (beyond === undefined) return
  throw new CodiError('unsupported', `A command cannot be tried ${beyond}: that is not copied`)
}

/** A directory in another one is in its copy already. */
export function outermost(roots: readonly string[]): string[] {
  return roots.filter((root) => !roots.some((other) => other !== root && isWithin(root, other)))
}
