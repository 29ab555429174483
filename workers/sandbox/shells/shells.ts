/**
 * Commands that run on in the background: numbered, limited in number and in what is kept of their output, each with
 * its process tree. What has ended stays readable until newer ends push it out.
 */
import { CodiError } from '../../../src/base/errors.ts'
import {
  type CommandRequest,
  maxRunningShells,
  type ShellOutput,
  type ShellOutputRequest,
  type ShellState,
} from '../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import type { RunningCommand } from '../command.ts'
import { missingShell } from './missing.ts'
import { openShell, type Shell } from './shell.ts'

export interface Shells {
  hasRoom(): boolean
  /** Looks after `command` from now on; answers the id of the shell. */
  take(request: CommandRequest, command: RunningCommand): string
  list(): ShellState[]
  output(request: ShellOutputRequest, signal?: AbortSignal): Promise<ShellOutput>
  kill(id: string): Promise<ShellState>
  /** Ends all of them. */
  close(): Promise<void>
}

const maxEndedShells = 8

export function openShells(options: {
  /** For the files of long outputs. */
  directory: string
  emit(event: WorkerEvent): void
}): Shells {
  const shells = new Map<string, Shell>()
  let last = 0

  const running = () => [...shells.values()].filter((shell) => shell.state().status === 'running')

  function find(id: string): Shell {
    const shell = shells.get(id)
    if (shell) return shell
    throw missingShell(id, { last, shells: list() })
  }

  function list(): ShellState[] {
    return [...shells.values()].map((shell) => shell.state())
  }

  function forgetOldest(): void {
    const ended = [...shells].filter(([, shell]) => shell.state().status !== 'running')
    for (const [id, shell] of ended.slice(0, Math.max(0, ended.length - maxEndedShells))) {
      shells.delete(id)
      shell.forget()
    }
  }

  return {
    hasRoom: () => running().length < maxRunningShells,
    take(request, command) {
      last = Math.max(last, request.background?.above ?? 0) + 1
      const id = `sh_${last}`
      const shell = openShell({ id, request, command, directory: options.directory })
      shells.set(id, shell)
      void shell.ended.then((state) => {
        forgetOldest()
        options.emit({ type: 'shell_ended', state })
      })
      return id
    },
    list,
    async output(request, signal) {
      checkRequest(request)
      return find(request.id).output(request, signal)
    },
    kill: async (id) => find(id).kill(),
    async close() {
      await Promise.all(running().map((shell) => shell.kill()))
      for (const shell of shells.values()) shell.forget()
    },
  }
}

function checkRequest({ maxBytes, waitMs, from = 0 }: ShellOutputRequest): void {
  if (!(maxBytes >= 4)) throw new CodiError('invalid', `maxBytes is ${maxBytes}; give 4 or more`)
  for (const [name, value] of Object.entries({ waitMs, from })) {
    if (Number.isFinite(value) && value >= 0) continue
    throw new CodiError('invalid', `${name} is ${value}; give 0 or more`)
  }
}
