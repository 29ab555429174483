/** The ways to log in: a pasted key, a browser, a device code. Each answers what is to be stored. */
import { authFetch } from '../../app/credentials.ts'
import { loginByBrowser } from '../../auth/browser-login.ts'
import { loginByDevice } from '../../auth/device-login.ts'
import { clientIdOf } from '../../auth/login.ts'
import { openBrowser } from '../../auth/open-browser.ts'
import { canLogIn, type OAuthProvider } from '../../auth/providers.ts'
import { CodiError } from '../../base/errors.ts'
import { firstSet } from '../../base/outgoing-proxy.ts'
import { formatDuration, neutralize } from '../../base/text.ts'
import type { Credential } from '../../contract/auth.ts'
import { baseUrlOf, isStoredFor } from '../../providers/address.ts'
import type { Host } from '../../providers/hosts.ts'
import { has, usage } from '../args.ts'
import { readPiped, stdinIsPiped } from '../piped.ts'
import { checkKey, oddShape, readKey } from './check-key.ts'
import { type AuthCommand, isTerminal, nameOf, say } from './command.ts'
import { askHidden } from './passphrase.ts'
import { openPaste } from './paste.ts'
import type { Target, Way } from './target.ts'

const limitMs = 10 * 60_000
const pipeLimitMs = 2 * 60_000

export const ways: Record<Way, (command: AuthCommand, target: Target) => Promise<Credential>> = {
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
