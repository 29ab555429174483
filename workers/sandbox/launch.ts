/** From a request to a program: the shell, its argv, directory and what is added to its environment, all checked. */
import { statSync } from 'node:fs'
import { CodiError, toCodiError } from '../../src/base/errors.ts'
import { programPath } from '../../src/base/program-path.ts'
import { formatBytes } from '../../src/base/text.ts'
import type { CommandRequest } from '../../src/contract/sandbox-service.ts'

export interface Launch {
  argv: string[]
  cwd: string
  env: Record<string, string>
}

/** Names the commands around a process, outermost first, so that it can be found after it left its parents. */
export const markerVariable = 'CODI_COMMAND_ID'

/** Linux takes no longer single argument. */
const maxCommandBytes = 128 * 1024 - 1

export function prepareLaunch(request: CommandRequest, marker: string): Launch {
  checkCommand(request.command)
  checkDirectory(request.cwd)
  const outer = process.env[markerVariable]
  return {
    argv: [findShell(), '-c', request.command],
    cwd: request.cwd,
    env: {
      ...request.env,
      [markerVariable]: outer ? `${outer}/${marker}` : marker,
    },
  }
}

function checkCommand(command: string): void {
  if (command.trim() === '') throw new CodiError('invalid', 'The command is empty; give one to run')
  if (command.includes('\0')) {
    throw new CodiError('invalid', 'The command contains a NUL byte; leave it out')
  }
  const bytes = Buffer.byteLength(command)
  if (bytes <= maxCommandBytes) return
  throw new CodiError(
    'limit',
    `The command has ${formatBytes(bytes)} and a shell takes ${formatBytes(maxCommandBytes)}; put it into a file and run that`,
  )
}

function checkDirectory(cwd: string): void {
  let directory: boolean | undefined
  try {
    directory = statSync(cwd, { throwIfNoEntry: false })?.isDirectory()
  } catch (thrown) {
    throw new CodiError('io', `Cannot run a command in ${cwd}: ${toCodiError(thrown).message}`)
  }
  if (directory) return
  throw directory === undefined
    ? new CodiError('not_found', `No such directory to run a command in: ${cwd}`)
    : new CodiError('invalid', `Not a directory to run a command in: ${cwd}`)
}

function findShell(): string {
  const shell = programPath('bash') ?? programPath('sh')
  if (shell) return shell
  throw new CodiError(
    'not_found',
    'Found neither bash nor sh on PATH; install bash to run commands',
  )
}
