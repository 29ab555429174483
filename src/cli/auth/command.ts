/** What the commands about credentials share: what they get, how they ask and speak. */
import { closest } from '../../base/closest.ts'
import type { Environment } from '../../base/outgoing-proxy.ts'
import { neutralize } from '../../base/text.ts'
import type { CredentialRow, Credentials } from '../../contract/auth.ts'
import type { Settings } from '../../contract/settings.ts'
import { findHost } from '../../providers/hosts.ts'
import type { Output } from '../../terminal/output.ts'
import { stderrStream } from '../../terminal/person.ts'
import { type Arguments, has, usage } from '../args.ts'

export interface AuthCommand {
  args: Arguments
  output: Output
  env: Environment
  settings: Settings
  credentials: Credentials
  signal: AbortSignal
}

export function say({ args, output }: AuthCommand, text: string): void {
  if (!has(args, 'quiet')) output.err(`codi: ${neutralize(text)}\n`)
}

/** Somebody who can be asked sits at this terminal. */
export function isTerminal({ output }: Pick<AuthCommand, 'output'>): boolean {
  return output.stderrIsTerminal && process.stdin.isTTY === true
}

export function promptStreams(output: Output) {
  return { input: process.stdin, output: stderrStream(output) }
}

/** As people call it: the name of a model's host, else what was typed. */
export function nameOf(id: string): string {
  const host = findHost(id)
  return host?.id === id ? host.name : id
}

/** Where it lies, and what that protects against. */
export function placeOf({ place, passphrase }: CredentialRow): string {
  if (place === 'keyring') return "the system's keyring"
  return passphrase ? 'a file under your passphrase' : 'a sealed file with its key beside it'
}

export function unknownName(name: string, known: readonly string[]): Error {
  const near = closest(name, known, { limit: 1 })[0]
  const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`
  return usage(
    `Nobody to log in to is called "${name}": ${hint}; the setting oauth names others (docs/credentials.md)`,
  )
}

/** The last four characters of a key that is long enough to spare them. */
export function hintOf(key: string): string | undefined {
  return key.length < 16 ? undefined : key.slice(-4)
}
