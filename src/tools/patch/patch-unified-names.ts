/** The names of the files in a unified diff, with the prefixes, times and quotes of whoever wrote it. */
import { CodiError } from '../../base/errors.ts'

/** What stands above the hunks of a file. */
export interface DiffHeaders {
  /** Of the `---` line. */
  oldName?: string
  /** Of the `+++` line. */
  newName?: string
  renameFrom?: string
  renameTo?: string
  copyFrom?: string
  newMode?: string
  isNew: boolean
  isDeleted: boolean
}

/** Null for /dev/null. Rename lines have bare names; the others begin with a/ and b/ where git wrote them. */
export function pathsOf(
  headers: DiffHeaders,
  first: string,
): { from: string | null | undefined; to: string | null | undefined } {
  if (headers.renameFrom !== undefined && headers.renameTo !== undefined) {
    return { from: headers.renameFrom, to: headers.renameTo }
  }
  const isGit = first.startsWith('diff --git ')
  let { oldName: from, newName: to } = headers
  if (from === undefined && to === undefined && isGit) [from, to] = gitNames(first)
  const bare = withoutPrefixes(from, to, isGit)
  const fromPath = from === '/dev/null' ? null : bare.from
  const toPath = to === '/dev/null' ? null : bare.to
  // `diff -u x.orig x`: without git, the new name is the file that is meant, and nothing is renamed.
  if (!isGit && typeof fromPath === 'string' && typeof toPath === 'string') {
    return { from: toPath, to: toPath }
  }
  return { from: fromPath, to: toPath }
}

/** `a/x b/x`: split where both halves name the same file. */
function gitNames(line: string): [string | undefined, string | undefined] {
  const names = line.slice('diff --git '.length)
  const quoted = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(names)
  if (quoted) return [unquote(quoted[1] ?? ''), unquote(quoted[2] ?? '')]
  const middle = (names.length - 1) / 2
  const [left, right] = [names.slice(0, middle), names.slice(middle + 1)]
  return left.slice(2) === right.slice(2) ? [left, right] : [undefined, undefined]
}

const prefixPairs = [
  ['a/', 'b/'],
  ['i/', 'w/'],
  ['c/', 'i/'],
  ['c/', 'w/'],
  ['o/', 'w/'],
] as const

function withoutPrefixes(
  from: string | undefined,
  to: string | undefined,
  isGit: boolean,
): { from: string | undefined; to: string | undefined } {
  for (const [left, right] of prefixPairs) {
    const fits =
      (from === undefined || from === '/dev/null' || from.startsWith(left)) &&
      (to === undefined || to === '/dev/null' || to.startsWith(right))
    const isSure = isGit || left === 'a/'
    if (fits && isSure) {
      return {
        from: from === '/dev/null' ? from : from?.slice(left.length),
        to: to === '/dev/null' ? to : to?.slice(right.length),
      }
    }
  }
  return { from, to }
}

export function withoutTime(name: string): string {
  const tab = name.indexOf('\t')
  return unquote((tab < 0 ? name : name.slice(0, tab)).trimEnd())
}

/** Git quotes names with bytes beyond ASCII: `"a/\303\251.txt"`. */
export function unquote(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"') || name.length < 2) return name
  const bytes: number[] = []
  const body = name.slice(1, -1)
  for (let index = 0; index < body.length; index++) {
    const char = body[index] ?? ''
    if (char !== '\\') {
      bytes.push(...Buffer.from(char, 'utf8'))
      continue
    }
    const octal = /^[0-3][0-7]{2}/.exec(body.slice(index + 1))?.[0]
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8))
      index += 3
      continue
    }
    index++
    const escaped = body[index] ?? ''
    const control = escapes[escaped]
    if (control === undefined) throw new CodiError('invalid', `The quoted name ${name} is broken`)
    bytes.push(control)
  }
  return Buffer.from(bytes).toString('utf8')
}

const escapes: Record<string, number> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
}
