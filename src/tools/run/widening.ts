/** What a command asks for beyond the sandbox: one thing, with a reason; the gate and a person decide. */
import { realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { CodiError, errorCode, toCodiError } from '../../base/errors.ts'
import { expandHome } from '../../base/home.ts'
import { oneLine } from '../../base/text.ts'
import type { Widening } from '../../contract/permission.ts'

export const escalateInput = Type.Object({
  reason: Type.String(),
  path: Type.Optional(Type.String()),
  host: Type.Optional(Type.String()),
  unsandboxed: Type.Optional(Type.Boolean()),
})

/** `cwd` is absolute. Throws a CodiError of kind `invalid` for none of the three, or more than one. */
export async function wideningOf(
  escalate: Static<typeof escalateInput> | undefined,
  cwd: string,
): Promise<Widening | undefined> {
  if (!escalate) return undefined
  const reason = oneLine(escalate.reason, 300)
  if (reason === '') {
    throw new CodiError('invalid', 'escalate.reason is empty; say in one sentence what it is for')
  }
  const { path = '', host = '', unsandboxed = false } = escalate
  const asked = [path.trim() !== '', host.trim() !== '', unsandboxed].filter(Boolean).length
  if (asked !== 1) {
    throw new CodiError(
      'invalid',
      `escalate names ${asked === 0 ? 'nothing' : `${asked} things`} beside its reason; give exactly one of path, host, unsandboxed`,
    )
  }
  if (unsandboxed) return { what: 'unsandboxed', reason }
  if (host.trim() !== '') return { what: 'host', host: hostOf(host.trim()), reason }
  return { what: 'path', path: await realPath(path.trim(), cwd), reason }
}

/** `example.org`, with its port where one was given; a whole address is taken for its host. */
function hostOf(given: string): string {
  const text = given.includes('://') ? given : `tcp://${given}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && url.hostname !== '' && !given.includes('*') && !/\s/.test(given)) {
    return url.host.toLowerCase()
  }
  throw new CodiError(
    'invalid',
    `escalate.host is "${oneLine(given, 80)}"; give one host name such as packages.example.org`,
  )
}

/** Absolute, with its links resolved: what is asked is what would be opened. It has to be there. */
async function realPath(given: string, cwd: string): Promise<string> {
  if (given.includes('\0')) throw new CodiError('invalid', 'escalate.path holds a NUL byte')
  const expanded = expandHome(given)
  const absolute = resolve(cwd, expanded)
  const missing: string[] = []
  for (let existing = absolute; ; existing = dirname(existing)) {
    try {
      const real = await realpath(existing)
      if (missing.length === 0) return real
      // Told before a person is asked for what could not be given.
      const instead = real === '/' ? 'choose another place' : `give its directory ${real}`
      throw new CodiError(
        'invalid',
        `escalate.path is ${join(real, ...missing)}, which does not exist and so cannot be made writable; ${instead}`,
      )
    } catch (thrown) {
      if (errorCode(thrown) !== 'ENOENT' || dirname(existing) === existing)
        throw toCodiError(thrown)
      missing.unshift(existing.slice(dirname(existing).length).replace(/^\//, ''))
    }
  }
}
