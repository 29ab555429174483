/** The passphrase of the credentials file: asked for where it is needed, set and changed by `codi login --passphrase`. */
import { CodiError, toCodiError } from '../../base/errors.ts'
import type { Credentials } from '../../contract/auth.ts'
import type { Output } from '../../terminal/output.ts'
import { usage } from '../args.ts'
import { type AuthCommand, isTerminal, promptStreams, say } from './command.ts'

const maxTries = 3
const minLength = 8

/** Asks until one fits where something stored waits for a passphrase and somebody is there; else does nothing. */
export async function unlockAtTerminal(command: {
  output: Output
  credentials: Credentials
  signal: AbortSignal
}): Promise<void> {
  const { credentials, output, signal } = command
  if (!isTerminal(command)) return
  const [locked] = (await credentials.list()).filter((row) => row.passphrase)
  if (locked === undefined || !(await credentials.isLocked(locked.name))) return
  for (let tries = 1; ; tries++) {
    const typed = await askHidden('Passphrase of your stored credentials', { output, signal })
    try {
      return await credentials.unlock(typed)
    } catch (thrown) {
      const error = toCodiError(thrown)
      if (error.kind !== 'credentials' || tries === maxTries) throw error
      output.err('codi: That is not it; try again\n')
    }
  }
}

export async function setPassphrase(command: AuthCommand): Promise<void> {
  const { credentials, env } = command
  await unlockAtTerminal(command)
  const given = isTerminal(command) ? await askTwice(command) : env.CODI_PASSPHRASE
  if (given === undefined || given === '')
    throw usage('Without a terminal, codi login --passphrase takes it from CODI_PASSPHRASE')
  if (given.length < minLength)
    throw usage(`A passphrase has at least ${minLength} characters; several words are best`)
  await credentials.setPassphrase(given)
  say(
    command,
    'stored credentials now lie in a file under your passphrase; codi asks for it at a terminal, and takes CODI_PASSPHRASE elsewhere',
  )
}

async function askTwice(command: AuthCommand): Promise<string> {
  const first = await askHidden(`New passphrase (at least ${minLength} characters)`, command)
  if (first.length < minLength) return first
  const second = await askHidden('The same again', command)
  if (first !== second) throw usage('The two passphrases differ; nothing was changed')
  return first
}

/** What is typed shows as dots. Throws CodiError `cancelled` where the person turns away. */
export async function askHidden(
  message: string,
  { output, signal }: { output: Output; signal: AbortSignal },
): Promise<string> {
  const { isCancel, password } = await import('@clack/prompts')
  const typed = await password({ message, ...promptStreams(output), signal })
  if (isCancel(typed)) throw new CodiError('cancelled', 'Interrupted')
  return typed ?? ''
}
