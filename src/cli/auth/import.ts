/** `codi auth import`: keeps the keys of the environment, after a yes. */
import { exitCodes } from '../../app/exit-code.ts'
import { plural } from '../../base/text.ts'
import { has, usage } from '../args.ts'
import { type AuthCommand, hintOf, isTerminal, placeOf, promptStreams, say } from './command.ts'
import { type EnvironmentKey, environmentKeys } from './environment-keys.ts'
import { unlockAtTerminal } from './passphrase.ts'
import { authStatus } from './status.ts'

export async function authImport(command: AuthCommand): Promise<number> {
  const { args, credentials, env } = command
  const found = environmentKeys(env)
  if (found.length === 0) {
    say(command, 'the environment holds no key that codi knows; codi login takes one')
    return has(args, 'json') ? authStatus(command) : exitCodes.done
  }
  for (const { host, variable, credential } of found) {
    const hint = hintOf(credential.key)
    const address = credential.baseUrl === undefined ? '' : ` for ${credential.baseUrl}`
    say(
      command,
      `${variable}${hint === undefined ? '' : ` (…${hint})`} is a key of ${host.name}${address}`,
    )
  }
  if (!has(args, 'yes') && !(await confirmed(command, found))) {
    say(command, 'nothing was stored')
    return exitCodes.done
  }
  await unlockAtTerminal(command)
  for (const { host, variable, credential } of found) {
    const row = await credentials.set(host.id, credential)
    say(command, `stored the key of ${host.name} in ${placeOf(row)}; ${variable} can be unset now`)
  }
  return has(args, 'json') ? authStatus(command) : exitCodes.done
}

async function confirmed(command: AuthCommand, found: EnvironmentKey[]): Promise<boolean> {
  const { output, signal } = command
  if (!isTerminal(command))
    throw usage('Without a terminal, codi auth import wants -y to store what it found')
  const { confirm } = await import('@clack/prompts')
  const message = `Store ${plural(found.length, 'key')}?`
  return (await confirm({ message, ...promptStreams(output), signal })) === true
}
