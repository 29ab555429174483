/** Whom `codi login` is about, and how: named, or picked from lists at a terminal. */
import {
  canLogIn,
  findOAuthProvider,
  type OAuthProvider,
  oauthProviders,
} from '../../auth/providers.ts'
import { CodiError } from '../../base/errors.ts'
import { neutralize } from '../../base/text.ts'
import { findHost, type Host, hosts } from '../../providers/hosts.ts'
import { has, usage } from '../args.ts'
import { stdinIsPiped } from '../piped.ts'
import { type AuthCommand, isTerminal, promptStreams, unknownName } from './command.ts'

export type Way = 'key' | 'browser' | 'device'

export interface Target {
  /** Under which it is stored. */
  name: string
  host: Host | undefined
  oauth: OAuthProvider | undefined
}

export async function targetOf(command: AuthCommand): Promise<Target> {
  const { args, settings } = command
  const wanted = args.words[0] ?? (await pickName(command))
  const host = findHost(wanted)
  const name = host?.id ?? wanted
  const oauth = findOAuthProvider(name, settings.oauth)
  if (!host && !oauth)
    throw unknownName(
      wanted,
      loginHosts().map(({ id }) => id),
    )
  if (host?.key === 'none') throw usage(`${host.name} needs no key; there is nothing to log in to`)
  return { name, host, oauth }
}

function loginHosts(): Host[] {
  return hosts.filter((host) => host.key !== 'none')
}

async function pickName(command: AuthCommand): Promise<string> {
  if (!isTerminal(command))
    throw usage('codi login wants a provider here, such as codi login openai < key.txt')
  const { output, settings, signal } = command
  const known = loginHosts().map(({ id, name }) => ({ value: id, label: neutralize(name) }))
  const others = oauthProviders(settings.oauth)
    .filter(({ name }) => findHost(name) === undefined)
    .map(({ name }) => ({ value: name, label: neutralize(name) }))
  return pick('Log in to', [...others, ...known], { output, signal })
}

async function pick<T extends string>(
  message: string,
  options: { value: T; label: string }[],
  { output, signal }: Pick<AuthCommand, 'output' | 'signal'>,
): Promise<T> {
  const { isCancel, select } = await import('@clack/prompts')
  const picked = await select<string>({
    message,
    options,
    maxItems: 12,
    ...promptStreams(output),
    signal,
  })
  const found = options.find(({ value }) => value === picked)
  if (isCancel(picked) || !found) throw new CodiError('cancelled', 'Interrupted')
  return found.value
}

export async function wayOf(command: AuthCommand, { name, host, oauth }: Target): Promise<Way> {
  const asked = (['key', 'browser', 'device'] as const).filter((way) => has(command.args, way))
  if (asked.length > 1) throw usage(`Choose one of --${asked.join(' and --')}`)
  const [way] = asked
  if (way === 'key' && !host) throw usage(`${name} takes no key; log in by --browser or --device`)
  if (way !== undefined) return way
  if (host && stdinIsPiped()) return 'key'
  const choices: { value: Way; label: string }[] = []
  if (oauth && canLogIn(oauth)) choices.push({ value: 'browser', label: 'By a browser' })
  if (host) choices.push({ value: 'key', label: 'Paste a key' })
  const hasDevice = oauth?.deviceUrl !== undefined || oauth?.issuer !== undefined
  if (oauth && canLogIn(oauth) && hasDevice)
    choices.push({ value: 'device', label: 'By a code, typed into a browser anywhere' })
  const [first] = choices
  if (!first) return 'browser'
  if (choices.length === 1 || !isTerminal(command)) return first.value
  return pick(`How to log in to ${neutralize(host?.name ?? name)}`, choices, command)
}
