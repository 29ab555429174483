/** `codi login`: a key that is pasted or piped in, a login by a browser, or by a device code. */
import { exitCodes } from '../../app/exit-code.ts'
import type { CredentialRow } from '../../contract/auth.ts'
import { hosts } from '../../providers/hosts.ts'
import { openSecretCheck } from '../../terminal/secret.ts'
import { has, usage } from '../args.ts'
import { type AuthCommand, nameOf, placeOf, say } from './command.ts'
import { setPassphrase, unlockAtTerminal } from './passphrase.ts'
import { type Target, targetOf, wayOf } from './target.ts'
import { ways } from './ways.ts'

/** No provider has a longer name; keys do. */
const maxNameLength = 40

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
