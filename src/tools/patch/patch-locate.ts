/**
 * Where each hunk of a patch belongs in a file. A hunk fits where all its old lines stand, exactly or by the ladder of
 * edits; several places are told apart by anchors, line numbers and the order of the hunks, or not at all.
 */
import { fold, type Rung, rungs, type WholeLineRung } from '../files/edit-rungs.ts'
import type { PatchHunk } from './patch-types.ts'

export interface Place {
  /** 0-based line of the first old line. */
  line: number
  rung: Rung
  whole: WholeLineRung | undefined
}

export type Located =
  | { type: 'found'; place: Place }
  /** 0-based lines. */
  | { type: 'ambiguous'; lines: number[] }
  | { type: 'missing' }
  /** Only added lines, and nothing that says where. */
  | { type: 'unplaced' }

interface Candidates {
  rung: Rung
  whole: WholeLineRung | undefined
  lines: number[]
}

/** One answer a hunk. Places that are found are in the order of the file and do not overlap. */
export function locateHunks(lines: readonly string[], hunks: readonly PatchHunk[]): Located[] {
  const sizes = hunks.map((hunk) => oldLines(hunk).length)
  const found = hunks.map((hunk, index) => {
    const isLast = index === hunks.length - 1
    const candidates =
      oldLines(hunk).length > 0 ? candidatesOf(lines, hunk) : placeAdded(lines, { hunk, isLast })
    return narrow(candidates, lines, hunk)
  })
  const settled = inOrder(found, sizes)
  const drifted = byLineNumber(settled, hunks)
  return inOrder(drifted, sizes).map((candidates, index): Located => {
    if (!candidates) return { type: 'unplaced' }
    const [only] = candidates.lines
    if (only === undefined) return { type: 'missing' }
    if (candidates.lines.length > 1) return { type: 'ambiguous', lines: found[index]?.lines ?? [] }
    return { type: 'found', place: { line: only, rung: candidates.rung, whole: candidates.whole } }
  })
}

export function oldLines(hunk: PatchHunk): string[] {
  return hunk.rows.filter((row) => row.sign !== '+').map((row) => row.text)
}

// ----------------------------------------------------------------------------------------------------- one hunk alone

/** All places of the tightest rung that has any. */
function candidatesOf(lines: readonly string[], hunk: PatchHunk): Candidates {
  const wanted = oldLines(hunk)
  const exact = matches(lines, wanted, (file, old) => file === old)
  if (exact.length > 0) return { rung: 'exact', whole: undefined, lines: exact }
  for (const { name, whole } of rungs) {
    if (!whole?.fits(wanted)) continue
    const found = matches(lines, wanted, whole.sameLine).filter(
      (line) => whole.adapter(wanted, lines.slice(line, line + wanted.length)) !== undefined,
    )
    if (found.length > 0) return { rung: name, whole, lines: found }
  }
  return { rung: 'exact', whole: undefined, lines: [] }
}

function matches(
  lines: readonly string[],
  wanted: readonly string[],
  same: (fileLine: string, oldLine: string) => boolean,
): number[] {
  const found: number[] = []
  for (let first = 0; first + wanted.length <= lines.length; first++) {
    if (wanted.every((old, index) => same(lines[first + index] ?? '', old))) found.push(first)
  }
  return found
}

/**
 * Added lines alone go to the end of the file, as the format has it; undefined where they might be meant for another
 * place: below an anchor, or before a later hunk.
 */
function placeAdded(
  lines: readonly string[],
  { hunk, isLast }: { hunk: PatchHunk; isLast: boolean },
): Candidates | undefined {
  const isAtEnd =
    lines.length === 0 || hunk.endOfFile || (hunk.mayAppend && isLast && hunk.anchors.length === 0)
  return isAtEnd ? { rung: 'exact', whole: undefined, lines: [lines.length] } : undefined
}

/** Keeps the places that the end-of-file mark or the anchors speak for, where they speak for any. */
function narrow(
  candidates: Candidates | undefined,
  lines: readonly string[],
  hunk: PatchHunk,
): Candidates | undefined {
  if (!candidates || candidates.lines.length < 2) return candidates
  const size = oldLines(hunk).length
  if (hunk.endOfFile) {
    const atEnd = candidates.lines.filter((line) => line + size === lines.length)
    if (atEnd.length > 0) return { ...candidates, lines: atEnd }
  }
  if (hunk.anchors.length === 0 || size === 0) return candidates
  const anchors = anchorPlaces(lines, hunk.anchors)
  const within = candidates.lines.filter((line) =>
    anchors.some((anchor) => anchor <= line && line <= scopeEnd(lines, anchor)),
  )
  if (within.length > 0) return { ...candidates, lines: within }
  const first = anchors[0]
  const after = first === undefined ? [] : candidates.lines.filter((line) => line >= first)
  return after.length > 0 ? { ...candidates, lines: after } : candidates
}

/** Lines of the innermost anchor, each below the outer ones and inside their scope. */
function anchorPlaces(lines: readonly string[], anchors: readonly string[]): number[] {
  let scopes = [{ from: -1, to: lines.length }]
  let places: number[] = []
  for (const anchor of anchors) {
    const wanted = fold(anchor).trim()
    const equal = (line: string): boolean => fold(line).trim() === wanted
    // Git cuts the heading of a hunk, so that a line may go on.
    const starts = (line: string): boolean => fold(line).trim().startsWith(wanted)
    const inScope = (same: (line: string) => boolean): number[] =>
      [...lines.keys()].filter(
        (index) =>
          same(lines[index] ?? '') &&
          scopes.some((scope) => index > scope.from && index <= scope.to),
      )
    const exact = inScope(equal)
    places = exact.length > 0 ? exact : inScope(starts)
    scopes = places.map((place) => ({ from: place, to: scopeEnd(lines, place) }))
  }
  return places
}

/** The last line that is indented deeper than the anchor, and the line that closes it. */
function scopeEnd(lines: readonly string[], anchor: number): number {
  const depth = depthOf(lines[anchor] ?? '')
  for (let index = anchor + 1; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.trim() === '' || depthOf(line) > depth) continue
    if (/^\s*[{(]\s*$/.test(line)) continue
    return /^\s*([}\])]|end\b)/.test(line) ? index : index - 1
  }
  return lines.length
}

function depthOf(line: string): number {
  const indent = /^\s*/.exec(line)?.[0] ?? ''
  return indent.replaceAll('\t', '        ').length
}

// ------------------------------------------------------------------------------------------------- all hunks together

/**
 * Keeps of each hunk the places that leave room for all hunks before and after it. Where no order fits, the hunks are
 * not in the order of the file, and nothing is left out.
 */
function inOrder(
  hunks: readonly (Candidates | undefined)[],
  sizes: readonly number[],
): (Candidates | undefined)[] {
  const earliest: number[] = []
  let free = 0
  hunks.forEach((hunk, index) => {
    earliest.push(free)
    const first = hunk?.lines.find((line) => line >= free)
    if (first !== undefined) free = first + (sizes[index] ?? 0)
  })
  const latest: number[] = []
  let until = Number.POSITIVE_INFINITY
  for (let index = hunks.length - 1; index >= 0; index--) {
    latest[index] = until
    const size = sizes[index] ?? 0
    const limit = until
    const last = hunks[index]?.lines.findLast((line) => line + size <= limit)
    if (last !== undefined) until = last
  }
  const kept = hunks.map((hunk, index) => {
    if (!hunk) return undefined
    const from = earliest[index] ?? 0
    const to = (latest[index] ?? 0) - (sizes[index] ?? 0)
    return { ...hunk, lines: hunk.lines.filter((line) => line >= from && line <= to) }
  })
  const isPossible = kept.every((hunk, index) => hunk?.lines.length || !hunks[index]?.lines.length)
  return isPossible ? kept : [...hunks]
}

/** A place that a line number names exactly, as it is or moved by as much as the hunk before it. */
function byLineNumber(
  all: readonly (Candidates | undefined)[],
  hunks: readonly PatchHunk[],
): (Candidates | undefined)[] {
  let drift = 0
  return all.map((candidates, index) => {
    const hunk = hunks[index]
    if (!candidates || hunk?.oldStart === undefined) return candidates
    const said = hunk.oldStart - 1
    const named =
      candidates.lines.find((line) => line === said + drift) ??
      candidates.lines.find((line) => line === said)
    const lines = named === undefined ? candidates.lines : [named]
    const [only] = lines
    if (lines.length === 1 && only !== undefined) drift = only - said
    return { ...candidates, lines }
  })
}
