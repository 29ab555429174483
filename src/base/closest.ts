/** The name a person or a model most likely meant. */
import { distance } from 'fastest-levenshtein'

/** 1 for equal, 0 for nothing in common; case, `-` and `_` do not count. */
export function similarity(a: string, b: string): number {
  const left = fold(a)
  const right = fold(b)
  const longer = Math.max(left.length, right.length)
  return longer === 0 ? 1 : 1 - distance(left, right) / longer
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
