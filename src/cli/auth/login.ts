/** `codi login`: a key that is pasted or piped in, a login by a browser, or by a device code. */

import { authFetch } from '../../app/credentials.ts'
import { exitCodes } from '../../app/exit-code.ts'
import { loginByBrowser } from '../../auth/browser-login.ts'
import { loginByDevice } from '../../auth/device-login.ts'
import { clientIdOf } from '../../auth/login.ts'
import { openBrowser } from '../../auth/open-browser.ts'
import {
  canLogIn,
  findOAuthProvider,
  type OAuthProvider,
  oauthProviders,
} from '../../auth/providers.ts'
import { CodiError } from '../../base/errors.ts'
import { firstSet } from '../../base/outgoing-proxy.ts'
import { formatDuration, neutralize } from '../../base/text.ts'
import type { Credential, CredentialRow } from '../../contract/auth.ts'
import { baseUrlOf, isStoredFor } from '../../providers/address.ts'
import { findHost, type Host, hosts } from '../../providers/hosts.ts'
import { openSecretCheck } from '../../terminal/secret.ts'
import { has, usage } from '../args.ts'
import { readPiped, stdinIsPiped } from '../piped.ts'
import { checkKey, oddShape, readKey } from './check-key.ts'
import {
  type AuthCommand,
  isTerminal,
  nameOf,
  placeOf,
  promptStreams,
  say,
  unknownName,
} from './command.ts'
import { askHidden, setPassphrase, unlockAtTerminal } from './passphrase.ts'
import { openPaste } from './paste.ts'

const limitMs = 10 * 60_000
/** No provider has a longer name; keys do. */
const maxNameLength = 40
const pipeLimitMs = 2 * 60_000

type Way = 'key' | 'browser' | 'device'

interface Target {
  /** Under which it is stored. */
  name: string
  host: Host | undefined
  oauth: OAuthProvider | undefined
}

export async function login(command: AuthCommand): Promise<number> {
  const { args } = command
  refuseKeys(args.words)
  if (has(args, 'passphrase')) {
    await setPassphrase(command)
    if (args.words[0] === undefined) return exitCodes.done
  } else await unlockAtTerminal(command)
  const target = await targetOf(command)
  const way = await wayOf(command, target)
  const credential = await ways[way](command, target)
  const row = await command.credentials.set(target.name, credential)
  report(command, target, row)
  return exitCodes.done
}

/** A key among the arguments is not repeated, not even to say so. */
function refuseKeys(words: readonly string[]): void {
  const hasSecret = openSecretCheck()
  const looksLikeKey = (word: string) =>
    word.length > maxNameLength ||
    hasSecret(word) ||
    hosts.some(({ keyPattern }) => keyPattern?.test(word))
  if (words.length <= 1 && !words.some(looksLikeKey)) return
  throw usage(
    'codi login takes the name of one provider and asks for the key, or reads it: codi login openai < key.txt; a key among the arguments is now in the history of your shell',
  )
}

async function targetOf(command: AuthCommand): Promise<Target> {
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

async function wayOf(command: AuthCommand, { name, host, oauth }: Target): Promise<Way> {
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

const ways: Record<Way, (command: AuthCommand, target: Target) => Promise<Credential>> = {
  key: pasteKey,
  browser: byBrowser,
  device: byDevice,
}

async function pasteKey(command: AuthCommand, { host }: Target): Promise<Credential> {
  const { args, env, settings, signal } = command
  if (!host) throw new CodiError('internal', 'A key without its host')
  // Before the key is asked for: an address that is wrong or missing shows at once.
  const baseUrl = baseUrlOf(host, env, settings.baseUrl)
  const key = readKey(await typedOrPiped(command, host), host)
  const odd = oddShape(key, host)
  if (odd !== undefined) say(command, odd)
  if (!has(args, 'no-verify') && !(await checkKey(host, key, { env, settings, signal })))
    say(command, `${host.name} has nothing that a key could be checked with; it is kept unchecked`)
  return { kind: 'key', key, ...ownAddress(host, baseUrl) }
}

/** Kept only where it is not the provider's own, so that the key goes nowhere else. */
function ownAddress(host: Host, baseUrl: string): { baseUrl?: string } {
  const usual = host.baseUrl?.replace(/\/+$/, '')
  // What is filled in from the environment may be filled in otherwise tomorrow.
  const isUsual = usual?.includes('{') ? isStoredFor(host, undefined, baseUrl) : usual === baseUrl
  return isUsual ? {} : { baseUrl }
}

async function typedOrPiped(command: AuthCommand, host: Host): Promise<string> {
  const { output, signal } = command
  if (stdinIsPiped()) return pipedKey(signal)
  if (!isTerminal(command))
    throw usage(`Pipe the key in: codi login ${host.id} < key.txt (it is never an argument)`)
  const where = host.keyUrl ? ` (make one at ${host.keyUrl})` : ''
  return askHidden(`Key for ${neutralize(host.name)}${where}`, { output, signal })
}

/** Whoever holds the other end open and says nothing must not hold codi. */
async function pipedKey(signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.timeout(pipeLimitMs)
  try {
    return (await readPiped({ wait: true, signal: AbortSignal.any([signal, limit]) })).text ?? ''
  } catch (thrown) {
    if (signal.aborted || !limit.aborted) throw thrown
    throw usage(`No key came on stdin within ${formatDuration(pipeLimitMs)}`)
  }
}

async function byBrowser(command: AuthCommand, target: Target): Promise<Credential> {
  const { env, output, settings, signal } = command
  const address = addressOf(command, target)
  const paste = openPaste(command)
  try {
    const credential = await loginByBrowser(oauthOf(target), {
      fetch: authFetch({ env, settings }),
      signal,
      limitMs,
      now: Date.now,
      async visit(url) {
        const opened = openBrowser(url, env)
        output.err(
          `codi: ${opened ? 'your browser was sent to' : 'open this in a browser'}:\n${url}\n`,
        )
      },
      paste: paste.ask,
    })
    return { ...credential, ...address }
  } finally {
    paste.close()
  }
}

async function byDevice(command: AuthCommand, target: Target): Promise<Credential> {
  const { env, output, settings, signal } = command
  const address = addressOf(command, target)
  const credential = await loginByDevice(oauthOf(target), {
    fetch: authFetch({ env, settings }),
    signal,
    limitMs,
    now: Date.now,
    async show({ url, userCode, whole }) {
      output.err(`codi: open ${neutralize(url)} in a browser and type ${userCode}\n`)
      if (whole !== undefined) openBrowser(whole, env)
    },
  })
  return { ...credential, ...address }
}

function oauthOf({ name, oauth }: Target): OAuthProvider {
  if (oauth) {
    if (!canLogIn(oauth)) clientIdOf(oauth)
    return oauth
  }
  throw usage(
    `codi knows no login page of ${nameOf(name)}: set oauth.${name} with issuer and clientId (docs/credentials.md), or paste a key with --key`,
  )
}

/** A token for a model's host elsewhere is bound to that address, as a key is. */
function addressOf({ env, settings }: AuthCommand, { host }: Target): { baseUrl?: string } {
  if (!host) return {}
  const given = settings.baseUrl ?? firstSet(env, host.baseUrlKeys)
  if (host.baseUrl !== undefined && given === undefined) return {}
  return ownAddress(host, baseUrlOf(host, env, settings.baseUrl))
}

function report(command: AuthCommand, { name, host }: Target, row: CredentialRow): void {
  const { env } = command
  const who = row.account === undefined ? '' : ` as ${row.account}`
  const what = row.kind === 'key' ? 'the key' : 'the login'
  say(command, `logged in to ${nameOf(name)}${who}; ${what} lies in ${placeOf(row)}`)
  if (row.place === 'file' && !row.passphrase)
    say(
      command,
      `${command.settings.credentialStore === 'auto' ? 'no keyring answers here; ' : ''}whoever can read all your files can open it, unless \`codi login --passphrase\` puts it under a passphrase`,
    )
  const variable = host?.keys.find((each) => env[each]?.trim())
  if (variable !== undefined && row.baseUrl === undefined)
    say(command, `${variable} is set and comes first; unset it to use what you logged in with`)
}
