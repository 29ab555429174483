/** `codi logout`: tokens are revoked where the server has a way, and what is stored here goes in any case. */
import { authFetch } from '../../app/credentials.ts'
import { exitCodes } from '../../app/exit-code.ts'
import { revoke } from '../../auth/refresh.ts'
import { CodiError, errorMessage } from '../../base/errors.ts'
import { neutralize } from '../../base/text.ts'
import { findHost } from '../../providers/hosts.ts'
import { has, usage } from '../args.ts'
import { type AuthCommand, isTerminal, nameOf, promptStreams, say } from './command.ts'

const revokeLimitMs = 15_000

export async function logout(command: AuthCommand): Promise<number> {
  const names = await namesOf(command)
  for (const name of names) await forget(command, name)
  return exitCodes.done
}

async function namesOf(command: AuthCommand): Promise<string[]> {
  const { args, credentials } = command
  const stored = (await credentials.list()).map((row) => row.name)
  const typed = args.words[0]
  if (has(args, 'all')) {
    if (typed !== undefined) throw usage(`Either codi logout ${typed} or codi logout --all`)
    if (stored.length === 0) say(command, 'nothing is stored')
    return stored
  }
  if (typed === undefined) return [await pickName(command, stored)]
  const name = stored.includes(typed) ? typed : (findHost(typed)?.id ?? typed)
  if (stored.includes(name)) return [name]
  const known = stored.length > 0 ? `; stored are ${stored.join(', ')}` : ''
  throw new CodiError('not_found', `Nothing is stored for "${typed}"${known}`)
}

async function pickName(command: AuthCommand, stored: readonly string[]): Promise<string> {
  const { output, signal } = command
  if (stored.length === 0) throw new CodiError('not_found', 'Nothing is stored')
  if (!isTerminal(command))
    throw usage(`codi logout wants a provider here, or --all; stored are ${stored.join(', ')}`)
  const { isCancel, select } = await import('@clack/prompts')
  const picked = await select<string>({
    message: 'Log out of',
    options: stored.map((name) => ({ value: name, label: neutralize(nameOf(name)) })),
    ...promptStreams(output),
    signal,
  })
  if (isCancel(picked)) throw new CodiError('cancelled', 'Interrupted')
  return picked
}

async function forget(command: AuthCommand, name: string): Promise<void> {
  const { credentials, env } = command
  const revoked = await revokeTokens(command, name)
  await credentials.remove(name)
  say(command, `logged out of ${nameOf(name)}${revoked}`)
  const variable = findHost(name)?.keys.find((each) => env[each]?.trim())
  if (variable !== undefined) say(command, `${variable} is set in the environment and still counts`)
}

/** What became of the tokens, as the end of a sentence. */
async function revokeTokens(command: AuthCommand, name: string): Promise<string> {
  const { credentials, env, settings, signal } = command
  try {
    const credential = await credentials.get(name)
    if (credential?.kind !== 'oauth') return ''
    const limited = AbortSignal.any([signal, AbortSignal.timeout(revokeLimitMs)])
    const problem = await revoke(credential, {
      fetch: authFetch({ env, settings }),
      signal: limited,
    })
    if (problem === undefined) return '; its tokens are revoked'
    return `; its tokens could not be revoked (${problem}) and are good until they expire`
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return `; it could not be opened, so nothing was revoked (${errorMessage(thrown)})`
  }
}
