/**
 * The log that a command left, as what stood at each path when it began. Directories that it moved on the way are
 * followed: what lies in them now lay under the old name before.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode } from '../base/errors.ts'
import { isJsonObject } from '../base/json.ts'
import { type CaptureLine, captureLogName } from '../contract/capture.ts'

export interface CapturedStart {
  /** What stood there; `now`: the same content that lies at this path today, moved along with its directory. */
  before: CaptureLine | { was: 'now'; path: string }
  path: string
}

/** Paths in directories that were moved by one command, beyond which they are not followed one by one. */
const maxMovedPaths = 20_000

/** In the order of first touch. `unnamed` counts those whose names are no UTF-8. */
export function readCaptureLog(
  directory: string,
  maxMoved = maxMovedPaths,
): { starts: CapturedStart[]; unnamed: number } {
  const lines: CaptureLine[] = []
  let unnamed = 0
  for (const text of logLines(directory)) {
    const line = parseLine(text)
    if (line === 'unnamed') unnamed++
    else if (line) lines.push(line)
  }
  return { starts: startsOf(lines, maxMoved), unnamed }
}

interface Move {
  from: string
  to: string
}

interface OpenMove extends Move {
  line: CaptureLine
  /** Whether nothing stood where it was to go. */
  wasFree: boolean
}

function startsOf(lines: readonly CaptureLine[], maxMoved: number): CapturedStart[] {
  const starts = new Map<string, CapturedStart>()
  const moves: Move[] = []
  const touched = new Set<string>()
  const first = (path: string, before: CapturedStart['before']) => {
    const known = starts.get(path)
    if (!known) starts.set(path, { path, before })
    // At first only its mode was about to change: its content, when that was.
    else if (known.before.was === 'file' && isDescription(known.before) && before.was === 'file')
      known.before = { ...before, mode: known.before.mode }
  }
  const made = movesMade(lines)
  for (const line of lines) {
    const { path } = line
    if (path === undefined) continue
    if (line.was === 'moved') {
      if (made.has(line)) moves.push({ from: path, to: line.to })
      continue
    }
    const origin = originOf(path, moves)
    touched.add(path)
    // What stood under a name before its directory was moved away is told by what was moved.
    if (origin === path && moves.some(({ from }) => isBelow(path, from))) continue
    first(origin, line)
  }
  let left = maxMoved
  const tooMany: Move[] = []
  for (const [at, { from, to }] of moves.entries()) {
    const now = forward(to, moves.slice(at + 1))
    const names = [...namesBelow(now, left)]
    touched.add(from)
    touched.add(now)
    if (names.length > left) {
      tooMany.push({ from, to: now })
      continue
    }
    left -= names.length
    for (const rest of names) {
      const then = join(to, rest)
      const path = join(now, rest)
      touched.add(path)
      const origin = originOf(then, moves.slice(0, at + 1))
      first(origin, { was: 'now', path })
      touched.add(origin)
    }
  }
  for (const path of touched) first(path, { was: 'absent', path })
  for (const { from, to } of tooMany) {
    // Half of it under the old name, or what is new in it gone, would be worse than all under the new one.
    const why = `it was moved with more than ${maxMoved} files; move ${to} back to ${from} yourself`
    for (const start of starts.values())
      if (isBelow(start.path, from) || isBelow(start.path, to))
        start.before = { path: start.path, was: 'other', why }
  }
  return [...starts.values()]
}

/**
 * The line stands there before the move is made, which may have failed. What the log tells next of either name says so
 * (both are told again); else the disk.
 */
function movesMade(lines: readonly CaptureLine[]): ReadonlySet<CaptureLine> {
  const made = new Set<CaptureLine>()
  const free = new Set<string>()
  /** Undecided ones, by the names that they left and came to. */
  const left = new Map<string, OpenMove>()
  const came = new Map<string, OpenMove>()
  const decide = (move: OpenMove | undefined, isMade: boolean) => {
    if (!move) return
    left.delete(move.from)
    came.delete(move.to)
    if (isMade) made.add(move.line)
  }
  for (const line of lines) {
    const { path } = line
    if (path === undefined) continue
    const isAbsent = line.was === 'absent'
    const arrived = came.get(path)
    // Had it come there, its name would not be free: it was copied instead.
    if (isAbsent) decide(arrived, false)
    else if (arrived?.wasFree) decide(arrived, true)
    // Nothing can be made below a name that is free.
    for (let name = path; left.size > 0 && dirname(name) !== name; name = dirname(name))
      decide(left.get(name), isAbsent && name === path)
    if (line.was !== 'moved') {
      if (isAbsent) free.add(path)
      else free.delete(path)
      continue
    }
    for (const move of [...left.values()].filter(({ from }) => isBelow(from, path))) {
      left.delete(move.from)
      move.from = line.to + move.from.slice(path.length)
      left.set(move.from, move)
    }
    const move = { line, from: path, to: line.to, wasFree: free.has(line.to) }
    left.set(path, move)
    came.set(line.to, move)
    free.delete(line.to)
  }
  for (const { line, from, to, wasFree } of left.values())
    if (!isThere(from) || (wasFree && isThere(to))) made.add(line)
  return made
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** A line that tells of a file without its content, which was not touched until then. */
export function isDescription(line: CapturedStart['before']): boolean {
  return line.was === 'file' && [line.image, line.blob, line.lost].every((it) => it === undefined)
}

/** Where something lay when the command began. */
function originOf(path: string, moves: readonly Move[]): string {
  let origin = path
  for (const { from, to } of moves.toReversed())
    if (isBelow(origin, to)) origin = from + origin.slice(to.length)
  return origin
}

function forward(path: string, moves: readonly Move[]): string {
  let now = path
  for (const { from, to } of moves) if (isBelow(now, from)) now = to + now.slice(from.length)
  return now
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}

/** The directory itself (empty text) and all that lies in it, no link followed. */
function* namesBelow(directory: string, limit: number): Generator<string> {
  const found = lstatSync(directory, { throwIfNoEntry: false })
  if (!found) return
  yield ''
  if (!found.isDirectory()) return
  const waiting = ['']
  let left = limit
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const entry of entriesOf(join(directory, below))) {
      if (left-- <= 0) return
      const name = join(below, entry.name)
      yield name
      if (entry.isDirectory()) waiting.push(name)
    }
  }
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    // Gone, or closed to us: then nothing of it can be told.
    return []
  }
}

/** Whole lines only: the last one may be under way. */
function logLines(directory: string): string[] {
  try {
    const text = readFileSync(join(directory, captureLogName), 'utf8')
    return text.split('\n').slice(0, -1)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return []
    throw thrown
  }
}

/** What is no line of a log is passed over: the rest is true all the same. */
function parseLine(text: string): CaptureLine | 'unnamed' | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  const { path, was } = value
  if (typeof path !== 'string') return typeof value.pathHex === 'string' ? 'unnamed' : undefined
  if (!path.startsWith('/') || dirname(path) === path) return undefined
  const mode = typeof value.mode === 'number' ? value.mode & 0o7777 : 0o644
  switch (was) {
    case 'absent':
      return { path, was }
    case 'directory':
      return { path, was, mode }
    case 'link':
      return typeof value.target === 'string' && value.targetHex === undefined
        ? { path, was, target: value.target }
        : { path, was: 'other', why: 'its target is no UTF-8' }
    case 'moved':
      if (typeof value.toHex === 'string') return 'unnamed'
      return typeof value.to === 'string' ? { path, was, to: value.to } : undefined
    case 'other':
      return { path, was, why: textIn(value.why) ?? 'what stood there is not known' }
    case 'file': {
      const [image, blob, lost] = [textIn(value.image), textIn(value.blob), textIn(value.lost)]
      // An image is a name in the directory, never a way out of it.
      if (image !== undefined && (image.includes('/') || image.startsWith('.'))) return undefined
      return {
        ...{ path, was, mode, mtimeNs: textIn(value.mtimeNs) ?? '0' },
        bytes: typeof value.bytes === 'number' ? value.bytes : 0,
        ...(image === undefined ? {} : { image }),
        ...(blob !== undefined && /^[0-9a-f]{40}$/.test(blob) ? { blob } : {}),
        ...(lost === undefined ? {} : { lost }),
      }
    }
    default:
      return undefined
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
