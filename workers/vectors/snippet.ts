/** The lines of a hit that answer the question best, read from the file as it is now. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SearchHit } from '../../src/contract/vector-service.ts'
import type { Question } from './question.ts'
import type { Stemmer } from './words.ts'

const maxSnippetLines = 12
const maxLineChars = 400
/** Lines looked at in a long symbol. */
const maxScannedLines = 2_000

export type Snippets = (
  path: string,
  line: number,
  endLine: number,
) => Pick<SearchHit, 'snippet' | 'snippetLine' | 'matchedLines'> | undefined

/** Answers undefined for a file that is gone, or too short by now to hold the place. */
export function createSnippets(root: string, stemmer: Stemmer, asked: Question): Snippets {
  const files = new Map<string, string[] | undefined>()
  const scoreOf = createLineScorer(stemmer, asked)
  const linesOf = (path: string) => {
    if (!files.has(path)) files.set(path, readLines(join(root, path)))
    return files.get(path)
  }
  return (path, line, endLine) => {
    const all = linesOf(path)
    if (!all || line > all.length) return undefined
    const lines = all.slice(line - 1, Math.min(endLine, line - 1 + maxScannedLines))
    const scores = lines.map(scoreOf)
    const start = bestWindow(scores)
    const chosen = lines.slice(start, start + maxSnippetLines)
    while (chosen.length > 1 && chosen.at(-1)?.trim() === '') chosen.pop()
    return {
      snippet: chosen
        .map((text) => (text.length > maxLineChars ? `${text.slice(0, maxLineChars - 1)}…` : text))
        .join('\n'),
      snippetLine: line + start,
      matchedLines: chosen.flatMap((_, at) =>
        (scores[start + at] ?? 0) > 0 ? [line + start + at] : [],
      ),
    }
  }
}

function readLines(path: string): string[] | undefined {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  } catch {
    return undefined
  }
}

/** Sum of what the question's words in the line weigh. Most lines have none: those are told by a look at the letters. */
function createLineScorer(stemmer: Stemmer, asked: Question): (text: string) => number {
  // A stem begins its words but for its last letter (`happi`, happy).
  const beginnings = asked.words.map((word) =>
    word.stem.slice(0, Math.max(1, word.stem.length - 1)),
  )
  return (text) => {
    const line = text.slice(0, maxLineChars)
    const lower = line.toLowerCase()
    if (!beginnings.some((beginning) => lower.includes(beginning))) return 0
    const stems = new Set(stemmer.stems(line))
    let score = 0
    for (const word of asked.words) if (stems.has(word.stem)) score += word.idf
    return score
  }
}

/** Where the window with the highest sum begins; the head of the symbol wins a tie, and counts a little by itself. */
function bestWindow(scores: number[]): number {
  if (scores.length <= maxSnippetLines) return 0
  let sum = 0
  for (let index = 0; index < maxSnippetLines; index++) sum += scores[index] ?? 0
  let best = 0
  let bestSum = sum * 1.25
  for (let start = 1; start + maxSnippetLines <= scores.length; start++) {
    sum += (scores[start + maxSnippetLines - 1] ?? 0) - (scores[start - 1] ?? 0)
    if (sum > bestSum + 1e-9) {
      best = start
      bestSum = sum
    }
  }
  return best
}
