/**
 * Whether an audit log is as it was written. The chain shows every line that was edited, removed, inserted or moved;
 * that lines are missing at the end only the head record shows, which lies in another place. Neither proves anything
 * against somebody who can write both: then keep the hash of the head elsewhere.
 */

import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CodiError, toCodiError } from '../base/errors.ts'
import { plural } from '../base/text.ts'
import { type ChainLine, chainStart, readChainLine } from './chain.ts'
import { type AuditHead, headDirectory, readHead } from './places.ts'

export interface Verification {
  file: string
  intact: boolean
  /** Whole lines. */
  lines: number
  /** Hash of the last whole line. */
  hash: string
  /** `none`: there is no head record for this file. */
  head: 'agrees' | 'none' | 'differs'
  problems: { line: number; what: string }[]
  /** What is worth knowing and no tampering: a line cut by a crash. */
  notes: string[]
}

const maxProblems = 20

export function verifyLog(file: string): Verification {
  // A copy elsewhere has no head record, which says nothing; in its own place there must be one.
  const ownPlace = basename(dirname(file)) === 'audit'
  const path = join(headDirectory(dirname(dirname(file))), `${basename(file, '.jsonl')}.json`)
  const head = ownPlace ? readHead(path) : undefined
  let bytes: Buffer
  try {
    bytes = head && !existsSync(file) ? Buffer.alloc(0) : readFileSync(file)
  } catch (thrown) {
    throw new CodiError('io', `Cannot read ${file}: ${toCodiError(thrown).message}`, {
      cause: thrown,
    })
  }
  const result: Verification = {
    file,
    intact: true,
    lines: 0,
    hash: chainStart,
    head: 'none',
    problems: [],
    notes: [],
  }
  const lines = linesOf(bytes)
  const rest = lines.pop()
  const isEmpty = rest?.byteLength === 0
  const lastIsWhole = rest !== undefined && !isEmpty && readChainLine(rest.text)?.isWhole
  if (lastIsWhole) lines.push(rest)
  const hashes = checkChain(lines, result)
  if (!isEmpty && !lastIsWhole)
    result.notes.push('the last line is cut: the process was ended while it wrote')
  checkHead(head, { ownPlace, result, hashes })
  result.problems.splice(maxProblems)
  result.intact = result.problems.length === 0
  return result
}

interface LogLine {
  /** Empty for what is no UTF-8: to replace its bytes would hide that they were changed. */
  text: string
  byteLength: number
}

/** The last is what follows the last end of line: empty in a log that nobody cut. */
function linesOf(bytes: Buffer): LogLine[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const lines: LogLine[] = []
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline < 0 ? bytes.length : newline
    lines.push({
      text: textOf(bytes.subarray(start, end), decoder),
      byteLength: end - start,
    })
    start = end + 1
  }
  return lines
}

function textOf(bytes: Buffer, decoder: TextDecoder): string {
  try {
    return decoder.decode(bytes)
  } catch {
    return ''
  }
}

/** The hashes of the lines, in order. */
function checkChain(lines: readonly LogLine[], result: Verification): string[] {
  const hashes: string[] = []
  let previous: ChainLine | undefined
  for (const [index, { text, byteLength }] of lines.entries()) {
    const number = index + 1
    const tell = (what: string) => result.problems.push({ line: number, what })
    const line = readChainLine(text)
    if (!line) {
      const next = readChainLine(lines[index + 1]?.text ?? '')
      const { type, cutBytes } = next?.record ?? {}
      if (type === 'recovered' && cutBytes === byteLength)
        result.notes.push(
          `line ${number} is cut: a process was ended while it wrote, and the next recorded it`,
        )
      else tell('it is no line of an audit log: it was edited or inserted')
      continue
    }
    result.lines++
    if (!line.isWhole) tell('it was edited: its hash is another')
    else {
      const problem = linkProblem(line, previous) ?? gapProblem(line)
      if (problem !== undefined) tell(problem)
    }
    previous = line
    result.hash = line.hash
    hashes.push(line.hash)
  }
  return hashes
}

/** What is wrong between a line and the one before it. */
function linkProblem(line: ChainLine, previous: ChainLine | undefined): string | undefined {
  const prev = previous?.hash ?? chainStart
  const expected = (previous?.seq ?? 0) + 1
  if (line.prev === prev && line.seq === expected) return undefined
  if (line.seq > expected)
    return `${plural(line.seq - expected, 'line')} before it (${expected}${line.seq - expected > 1 ? ` to ${line.seq - 1}` : ''}) ${line.seq - expected > 1 ? 'are' : 'is'} missing`
  if (line.seq < expected)
    return `it is out of order, or was inserted: it is number ${line.seq}, after ${expected - 1}`
  return 'it does not follow from the line before it: that one was replaced'
}

/** What the writer itself found when it went on with a log. */
function gapProblem({ record }: ChainLine): string | undefined {
  const { type, counted, found } = record
  if (type !== 'gap') return undefined
  return `when it was written, ${plural(Number(found), 'line')} stood before it, and the head record counted ${Number(counted)}: lines were removed or added at the end`
}

function checkHead(
  head: AuditHead | undefined,
  {
    ownPlace,
    result,
    hashes,
  }: { ownPlace: boolean; result: Verification; hashes: readonly string[] },
): void {
  const tell = (what: string) => {
    result.head = 'differs'
    result.problems.push({ line: result.lines, what })
  }
  if (!head) {
    if (ownPlace && result.lines > 0)
      tell('its head record is gone: lines may be missing at the end')
    else if (!ownPlace)
      result.notes.push(
        'there is no head record beside it: lines missing at the end would not be seen',
      )
    return
  }
  result.head = 'agrees'
  if (head.count > result.lines)
    tell(
      `${plural(head.count - result.lines, 'line')} missing at the end: the head record counts ${head.count}`,
    )
  else if (result.lines > head.count + 1)
    tell(`${plural(result.lines - head.count, 'line')} more than the head record counts`)
  else if (head.hash !== (hashes[head.count - 1] ?? chainStart))
    tell(
      result.lines === head.count
        ? 'the last line is another than the one in the head record'
        : `line ${head.count} is another than the one in the head record, and one was added`,
    )
  else if (result.lines > head.count)
    result.notes.push(
      'the head record counts one line less: the process was ended between writing the two, or the last line was added by somebody else',
    )
}
