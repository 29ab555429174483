/** Opens the capture of each command that is to have one, in the way that holds where it runs. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { SandboxPolicy, SandboxState } from '../../../src/contract/sandbox-service.ts'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import type { CommandStart } from '../confine/command.ts'
import { type CommandCapture, notifiedCapture } from './command-capture.ts'
import { type CrossCheck, openCrossCheck } from './cross-check.ts'

export interface Captures {
  /** Undefined where nobody asked for one, or where the command works on copies, which are its capture. */
  open(command: CommandStart, how: Way): Promise<CommandCapture | undefined>
  close(): void
}

interface Way {
  capture: SandboxState['capture']
  /** Directories that codi lends to commands. */
  leftOut: readonly string[]
}

export const outsideNote: SandboxState['capture'] = {
  by: 'scan',
  note: 'it ran outside the sandbox, where nothing is told before a change',
}

export function openCaptures(
  policy: Pick<SandboxPolicy, 'writable' | 'visible'>,
  places: { base(): string },
  emit: (event: WorkerEvent) => void,
): Captures {
  const id = crypto.randomUUID().slice(0, 8)
  let number = 0
  let checking: CrossCheck | undefined
  /** Looking again and again through what is too much would only cost time. */
  let refusal: SandboxState['capture'] | undefined

  async function scanned(directory: string, command: CommandStart, { capture, leftOut }: Way) {
    if (refusal) {
      const state = refusal
      return { state, finish: async () => state }
    }
    const { scanCapture } = await import('./scan-capture.ts')
    const widened = command.access?.writePath
    const given = [...policy.writable, ...(policy.visible ?? []), ...(widened ? [widened] : [])]
    const opened = await scanCapture({
      directory,
      roots: [...new Set(given)].filter(isThere),
      leftOut,
      state: state(`scan-${++number}`),
      reason: capture.note,
    })
    if (opened.state.by === 'nothing') refusal = opened.state
    return opened
  }

  /** Whoever clears what a killed codi left knows it by this name. */
  const state = (name: string) => join(places.base(), `tmp-${process.pid}-${id}-${name}`)

  function crossCheck(leftOut: readonly string[]): CrossCheck {
    checking ??= openCrossCheck({
      roots: policy.writable.filter(isThere),
      leftOut,
      state: state('check'),
      emit,
    })
    return checking
  }

  return {
    async open(command, way) {
      const { captureDirectory, copied, byPerson } = command
      if (copied) return undefined
      if (captureDirectory !== undefined && !byPerson && way.capture.by === 'notify') {
        const planned = { directory: captureDirectory, leftOut: way.leftOut }
        const check = crossCheck(way.leftOut)
        return notifiedCapture(planned, check.begin(command.argv.at(-1) ?? '', captureDirectory))
      }
      checking?.blind()
      if (captureDirectory === undefined || byPerson) return undefined
      return scanned(captureDirectory, command, way)
    },
    close: () => checking?.close(),
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
