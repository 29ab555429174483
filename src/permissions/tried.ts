/** Commands on a copy: what that frees them of, where it can be offered, and that a person sees what comes of it. */
import type { PermissionRequest } from '../contract/permission.ts'
import type { CommandAccess } from '../contract/sandbox-service.ts'
import type { Assessment } from './assessment.ts'

/**
 * A command on a copy changes no file, so the mode need not ask; what it does beyond files is confined by a sandbox that
 * holds, and its hosts are asked for one by one. Rules that ask, and what is dangerous, have been heard before.
 */
export function isFreeOnCopy(
  { tried }: PermissionRequest,
  sandbox: { holds: 'full' | 'partial' | 'nothing' | 'off'; networkIsOpen: boolean },
): boolean {
  return tried === 'wanted' && sandbox.holds === 'full' && !sandbox.networkIsOpen
}

/** `.git` is not opened on a copy: it stays as it is there, read-only. */
export function onCopy(
  { tried }: PermissionRequest,
  access: CommandAccess | undefined,
): CommandAccess | undefined {
  if (tried !== 'wanted') return access
  const { gitWrite: _, ...rest } = access ?? {}
  return { ...rest, tried: true }
}

/** Not what reaches beyond the copy: git's own directory, a widening, no sandbox. */
export function mayTry(
  { tried, widening, ofCommand }: PermissionRequest,
  { access }: Assessment,
): true | undefined {
  const isBeyond = access?.gitWrite || access?.unsandboxed || access?.writePath !== undefined
  return tried === 'may' && !widening && !ofCommand && !isBeyond ? true : undefined
}

/** What a rule forbids stays forbidden; everything else is shown to the person, and never remembered. */
export function reviewed(assessed: Assessment): Assessment {
  if (assessed.outcome === 'deny') return assessed
  const { grant: _, learn: _learn, rule: _rule, reason, danger, ...rest } = assessed
  return {
    ...rest,
    outcome: 'ask',
    ...(danger === undefined ? {} : { danger }),
    ...(assessed.outcome === 'ask' && reason !== undefined ? { reason } : {}),
  }
}
