/**
 * Looks, when nothing runs, whether anything changed while a command ran that its log does not name: by a program
 * outside that it asked for it, by somebody else, in a way that the kernel does not tell of. Once after a pause, never
 * in a loop; the next command calls it off.
 */
import { constants, copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isAbort } from '../../../src/base/errors.ts'
import { oneLine } from '../../../src/base/text.ts'
import { type CaptureLine, captureLogName } from '../../../src/contract/capture.ts'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import { type Difference, openScanner, type Scanner } from './scanner.ts'

export interface CrossCheck {
  /** A command begins whose log, in `directory`, is known when the answered function is called, at its end. */
  begin(command: string, directory: string): () => void
  /** Something begins whose changes nobody writes down: what changed until the next look proves nothing. */
  blind(): void
  close(): void
}

interface Run {
  command: string
  startedAt: number
  endedAt: number
  /** A copy of its log, which is read when there is time. */
  log: string
}

const idleMs = 2000
/** Nobody knows who else worked meanwhile. */
const maxRunMs = 60_000
/** Clocks of the kernel go in steps. */
const slackMs = 20
const maxNamed = 5
const directoryKind = 0o040000
const kindBits = 0o170000

export function openCrossCheck(options: {
  roots: readonly string[]
  leftOut: readonly string[]
  /** Where files of this check lie: the beginning of their paths. */
  state: string
  emit(event: WorkerEvent): void
}): CrossCheck {
  let scanner: Scanner | undefined
  let isOff = false
  let isBlind = false
  let active = 0
  let number = 0
  let timer: Timer | undefined
  let looking: AbortController | undefined
  let runs: Run[] = []
  const told = new Set<string>()

  function callOff(): void {
    clearTimeout(timer)
    timer = undefined
    looking?.abort()
  }

  function forgetRuns(): Run[] {
    const past = runs
    runs = []
    for (const { log } of past) rmSync(log, { force: true })
    return past
  }

  async function look(): Promise<void> {
    timer = undefined
    const stop = new AbortController()
    looking = stop
    try {
      scanner ??= openScanner({
        roots: options.roots,
        leftOut: options.leftOut,
        state: `${options.state}-tree`,
      })
      const found = await scanner.look(stop.signal)
      const known = isBlind ? undefined : loggedPaths(runs)
      const past = forgetRuns()
      isBlind = false
      if (known) tell(found, past, known)
    } catch (thrown) {
      // Called off: the runs wait for the next pause.
      if (isAbort(thrown)) return
      isOff = true
      forgetRuns()
      scanner?.close()
    } finally {
      if (looking === stop) looking = undefined
    }
  }

  function tell(found: readonly Difference[], past: readonly Run[], known: Logged): void {
    for (const { command, startedAt, endedAt } of past) {
      const paths = found
        .filter((difference) => isUnknown(difference, known))
        .filter(({ changedNs }) => {
          const at = Number(changedNs / 1_000_000n)
          return at >= startedAt - slackMs && at <= endedAt + slackMs
        })
        .map(({ path }) => `${path}`)
        .filter((path) => !told.has(path))
      if (paths.length === 0) continue
      for (const path of paths) told.add(path)
      const more = paths.length > maxNamed ? ` and ${paths.length - maxNamed} more` : ''
      options.emit({
        type: 'notice',
        level: 'warning',
        text: `Changed while \`${oneLine(command, 80)}\` ran, not by it as far as codi saw, so that undo does not cover it: ${paths.slice(0, maxNamed).join(', ')}${more}`,
      })
    }
  }

  return {
    begin(command, directory) {
      callOff()
      active++
      const startedAt = Date.now()
      return () => {
        active--
        if (isOff) return
        const endedAt = Date.now()
        const log = `${options.state}-log-${++number}`
        if (endedAt - startedAt > maxRunMs || !copied(join(directory, captureLogName), log)) {
          isBlind = true
        } else {
          runs.push({ command, startedAt, endedAt, log })
        }
        if (active > 0) return
        clearTimeout(timer)
        timer = setTimeout(() => void look(), idleMs)
        timer.unref()
      }
    },
    blind() {
      callOff()
      isBlind = true
    },
    close() {
      callOff()
      forgetRuns()
      scanner?.close()
    },
  }
}

function copied(log: string, name: string): boolean {
  try {
    copyFileSync(log, name, constants.COPYFILE_FICLONE)
    return true
  } catch {
    return false
  }
}

interface Logged {
  paths: ReadonlySet<string>
  /** Ends of moves: whatever is below came with them. */
  moved: readonly string[]
}

/** Undefined where a log cannot be read any more. */
function loggedPaths(runs: readonly Run[]): Logged | undefined {
  const paths = new Set<string>()
  const moved: string[] = []
  try {
    for (const { log } of runs) {
      for (const text of readFileSync(log, 'utf8').split('\n')) {
        if (text === '') continue
        const line: CaptureLine = JSON.parse(text)
        const path = line.path ?? Buffer.from(line.pathHex ?? '', 'hex').toString()
        paths.add(path)
        if (line.was === 'moved') moved.push(path, line.to)
      }
    }
  } catch {
    return undefined
  }
  return { paths, moved }
}

/** A directory is another whenever something in it is. */
function isUnknown({ path, what, mode, before }: Difference, { paths, moved }: Logged): boolean {
  const text = `${path}`
  const isDirectory = ((mode || before?.mode || 0) & kindBits) === directoryKind
  return (
    what !== 'gone' &&
    !isDirectory &&
    !paths.has(text) &&
    !moved.some((place) => text === place || text.startsWith(`${place}/`))
  )
}
