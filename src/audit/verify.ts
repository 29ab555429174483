/**
 * Whether an audit log is as it was written. The chain shows every line that was edited, removed, inserted or moved;
 * that lines are missing at the end only the head record shows, which lies in another place. Neither proves anything
 * against somebody who can write both: then keep the hash of the head elsewhere.
 */

import { readFileSync } from 'node:fs'
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
  let text: string
  try {
    text = readFileSync(file, 'utf8')
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
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  const lastIsWhole = rest !== '' && readChainLine(rest)?.isWhole
  if (lastIsWhole) lines.push(rest)
  checkChain(lines, result)
  if (rest !== '' && !lastIsWhole)
    result.notes.push('the last line is cut: the process was ended while it wrote')
  // A copy elsewhere has no head record, which says nothing; in its own place there must be one.
  const ownPlace = basename(dirname(file)) === 'audit'
  const path = join(headDirectory(dirname(dirname(file))), `${basename(file, '.jsonl')}.json`)
  checkHead(ownPlace ? readHead(path) : undefined, { ownPlace, result })
  result.problems.splice(maxProblems)
  result.intact = result.problems.length === 0
  return result
}

function checkChain(lines: readonly string[], result: Verification): void {
  let previous: ChainLine | undefined
  for (const [index, text] of lines.entries()) {
    const number = index + 1
    const tell = (what: string) => result.problems.push({ line: number, what })
    const line = readChainLine(text)
    if (!line) {
      const next = readChainLine(lines[index + 1] ?? '')
      const { type, cutBytes } = next?.record ?? {}
      if (type === 'recovered' && cutBytes === Buffer.byteLength(text))
        result.notes.push(
          `line ${number} is cut: a process was ended while it wrote, and the next recorded it`,
        )
      else tell('it is no line of an audit log: it was edited or inserted')
      continue
    }
    result.lines++
    if (!line.isWhole) tell('it was edited: its hash is another')
    else {
      const problem = linkProblem(line, previous)
      if (problem !== undefined) tell(problem)
    }
    previous = line
    result.hash = line.hash
  }
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

function checkHead(
  head: AuditHead | undefined,
  { ownPlace, result }: { ownPlace: boolean; result: Verification },
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
  // The head is written after the line: a process that was killed between the two leaves one line more.
  else if (result.lines > head.count + 1)
    tell(`${plural(result.lines - head.count, 'line')} more than the head record counts`)
  else if (result.lines === head.count && head.hash !== result.hash)
    tell('the last line is another than the one in the head record')
}
