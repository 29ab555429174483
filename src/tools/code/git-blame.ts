/**
 * The commits behind the lines of a file as it is on disk. git is asked about the committed file only, since for one in
 * the working tree it would run the filters that the repository configures; the lines are found there by their text.
 */
import { readFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import type { ProgramResult } from '../../base/process.ts'
import { oneLine } from '../../base/text.ts'

export interface Commit {
  commit: string
  /** `2026-11-22`. */
  date: string
  author: string
  subject: string
}

type Git = (args: string[]) => Promise<ProgramResult>

/** Blame of the lines in porcelain form; undefined where the committed file does not have them. */
export async function blamedLines(
  git: Git,
  { path, from, to }: { path: string; from: number; to: number },
): Promise<string | undefined> {
  const top = (await git(['rev-parse', '--show-toplevel'])).stdout.trimEnd()
  const name = relative(top, path).replaceAll('\\', '/')
  const exists = (await git(['ls-tree', '--name-only', 'HEAD', '--', path])).stdout.trim()
  if (exists === '') return undefined
  const blob = await git(['cat-file', 'blob', `HEAD:${name}`])
  const shift = shiftOf(await readFile(path, 'utf8'), blob.stdout, { from, to })
  if (shift === undefined) return undefined
  const range = `${from + shift},${to + shift}`
  const blamed = await git([
    '-C',
    dirname(path),
    'blame',
    '--porcelain',
    '--no-textconv',
    '-L',
    range,
    'HEAD',
    '--',
    path,
  ])
  return blamed.stdout
}

/** How far the lines are from where they were committed; undefined where they were not. */
function shiftOf(
  now: string,
  committed: string,
  { from, to }: { from: number; to: number },
): number | undefined {
  const wanted = now
    .split('\n')
    .slice(from - 1, to)
    .map((line) => line.trimEnd())
  const lines = committed.split('\n').map((line) => line.trimEnd())
  const fits = (at: number): boolean => wanted.every((line, index) => lines[at + index] === line)
  if (wanted.length === 0) return undefined
  const places = lines.flatMap((line, at) => (line === wanted[0] && fits(at) ? [at] : []))
  const [nearest] = places.toSorted((a, b) => Math.abs(a - from + 1) - Math.abs(b - from + 1))
  return nearest === undefined ? undefined : nearest - (from - 1)
}

/** Each commit once, newest first. */
export function lineCommits(porcelain: string): Commit[] {
  const commits = new Map<string, { time: number; row: Commit }>()
  let current = { time: 0, row: { commit: '', date: '', author: '', subject: '' } }
  for (const line of porcelain.split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ \d+/.exec(line)?.[1]
    if (head !== undefined) {
      const known = commits.get(head)
      current = known ?? {
        time: 0,
        row: { commit: head.slice(0, 9), date: '', author: '', subject: '' },
      }
      commits.set(head, current)
    } else if (line.startsWith('author ')) current.row.author = line.slice(7)
    else if (line.startsWith('author-time ')) {
      current.time = Number(line.slice(12))
      current.row.date = new Date(current.time * 1000).toISOString().slice(0, 10)
    } else if (line.startsWith('summary ')) current.row.subject = oneLine(line.slice(8), 200)
  }
  return [...commits.values()].toSorted((a, b) => b.time - a.time).map(({ row }) => row)
}
