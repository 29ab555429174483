/**
 * A capture by comparison, for commands of which the kernel tells nothing: the directories before, the directories
 * after, and for what differs the copy or the git blob of what was there, as far as there is one. It cannot tell the
 * command's changes from those of others at the same time.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../../src/base/errors.ts'
import { type CaptureLine, captureLogName } from '../../../src/contract/capture.ts'
import type { CaptureState } from '../confine/command.ts'
import type { CommandCapture } from './command-capture.ts'
import { type KeptBefore, keepBefore } from './kept-before.ts'
import { type Difference, openScanner, type ScannerOptions } from './scanner.ts'

export interface ScanCaptureOptions extends ScannerOptions {
  directory: string
  /** Why it is done this way. */
  reason: string
}

/** To be opened before the command starts. It never rejects: a command runs, whatever can be said of it. */
export async function scanCapture(options: ScanCaptureOptions): Promise<CommandCapture> {
  const { directory, roots, reason } = options
  const scanner = openScanner(options)
  try {
    await scanner.look()
    const kept = await keepBefore(roots, directory)
    const state: CaptureState = { by: 'scan', note: notesOf(reason, kept.note) }
    return {
      state,
      async finish() {
        try {
          const lines = await linesOf(await scanner.look(), kept)
          writeFileSync(join(directory, captureLogName), toText(lines), { mode: 0o600 })
          return state
        } catch (thrown) {
          return { by: 'nothing', note: errorMessage(thrown) }
        } finally {
          scanner.close()
        }
      },
    }
  } catch (thrown) {
    scanner.close()
    const state: CaptureState = { by: 'nothing', note: errorMessage(thrown) }
    return { state, finish: async () => state }
  }
}

function notesOf(...notes: string[]): string {
  return notes.filter((note) => note !== '').join('; ')
}

function toText(lines: readonly CaptureLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

const kindBits = 0o170000
const kinds = { directory: 0o040000, file: 0o100000, link: 0o120000 }
const modeBits = 0o7777

/**
 * In the order in which taking them back, from the last to the first, always finds its directory: what is new goes
 * first, the deepest before the rest; then comes back what was there, directories before what they hold.
 */
async function linesOf(
  differences: readonly Difference[],
  kept: KeptBefore,
): Promise<CaptureLine[]> {
  const sorted = differences
    .filter(isChange)
    .toSorted((one, other) => Buffer.compare(one.path, other.path))
  const were = sorted.filter(({ before }) => before).toReversed()
  const asked = were.map(({ path }) => `${path}`).filter((path) => !kept.files.has(path))
  const blobs = await kept.blobs(asked)
  return [
    ...were.map((difference) => lineOf(difference, kept, blobs)),
    ...sorted
      .filter(({ before }) => !before)
      .map(({ path }): CaptureLine => ({ ...nameOf(path), was: 'absent' })),
  ]
}

/** A directory is another whenever something in it is. */
function isChange({ what, before, mode }: Difference): boolean {
  const isDirectory = (mode & kindBits) === kinds.directory
  return what !== 'other' || !isDirectory || mode !== before?.mode
}

function lineOf(
  { path, before }: Difference,
  kept: KeptBefore,
  blobs: ReadonlyMap<string, string>,
): CaptureLine {
  const name = nameOf(path)
  const mode = before?.mode ?? 0
  const copy = kept.files.get(`${path}`)
  const kind = mode & kindBits
  if (kind === kinds.directory) return { ...name, was: 'directory', mode: mode & modeBits }
  if (kind === kinds.link && copy?.target !== undefined)
    return { ...name, was: 'link', target: copy.target }
  if (kind !== kinds.file) return { ...name, was: 'other', why: notKnown }
  const facts = {
    mode: mode & modeBits,
    bytes: before?.bytes ?? 0,
    mtimeNs: String(before?.modifiedNs ?? 0n),
  }
  // Written between the look and the copy: neither is what was there.
  const isSame = copy?.modifiedNs === before?.modifiedNs && copy?.bytes === before?.bytes
  const blob = blobs.get(`${path}`)
  if (copy?.image !== undefined && isSame)
    return { ...name, was: 'file', image: copy.image, ...facts }
  if (copy === undefined && blob !== undefined) return { ...name, was: 'file', blob, ...facts }
  return { ...name, was: 'other', why: notKnown }
}

const notKnown = 'only that it changed is known, not what was there before'

function nameOf(path: Buffer): { path: string } | { pathHex: string } {
  const text = path.toString()
  return Buffer.from(text).equals(path) ? { path: text } : { pathHex: path.toString('hex') }
}
