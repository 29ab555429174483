/** Completing the word before the cursor: sources offer items, the longest common start is typed for the person. */

export interface Completion {
  /** The part of the text that an item replaces. */
  start: number
  end: number
  /** Best first. */
  items: string[]
}

export type CompletionSource = (
  text: string,
  cursor: number,
) => Completion | undefined | Promise<Completion | undefined>

export function commonStart(items: readonly string[]): string {
  const [first = '', ...rest] = items
  let length = first.length
  for (const item of rest) {
    let same = 0
    while (same < length && item[same] === first[same]) same++
    length = same
  }
  return first.slice(0, length)
}

/** The `@word` that the cursor stands in or behind. */
export function mentionAt(
  text: string,
  cursor: number,
): { start: number; word: string } | undefined {
  const found = /(?:^|[\s(,])@("[^"]*|[^\s"]*)$/.exec(text.slice(0, cursor))
  if (!found) return undefined
  const word = found[1] as string
  return { start: cursor - word.length - 1, word: word.replace(/^"/, '') }
}
