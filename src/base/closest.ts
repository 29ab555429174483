/** The name a person or a model most likely meant. */
import { distance } from 'fastest-levenshtein'

/** 1 for equal, 0 for nothing in common; case, `-` and `_` do not count. */
export function similarity(a: string, b: string): number {
  const left = fold(a)
  const right = fold(b)
  const longer = Math.max(left.length, right.length)
  if (longer === 0) return 1
  return 1 - (isSwapped(left, right) ? 1 : distance(left, right)) / longer
}

/** Two neighbouring letters in the wrong order are one slip of the fingers, not two. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  if (at + 1 >= a.length) return false
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

/** The candidates at least as similar as `threshold`, best first, at most `limit`. */
export function closest(
  name: string,
  candidates: Iterable<string>,
  options?: { threshold?: number; limit?: number },
): string[] {
  const threshold = options?.threshold ?? 0.6
  return [...candidates]
    .map((candidate) => ({ candidate, score: similarity(name, candidate) }))
    .filter((row) => row.score >= threshold)
    .sort((a, b) => b.score - a.score)
    .slice(0, options?.limit ?? 3)
    .map((row) => row.candidate)
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '')
}
