/** What the loop says to a model by itself, in the place of a person. */
export const continueText =
  'Your answer was cut at the output limit. Continue exactly where it stopped, without repeating anything.'
export const emptyText = 'Your answer was empty. Answer the request, or say what is in the way.'
const correction = 'Answer again, with nothing but what was asked for.'

export function correctionText(problem: string): string {
  return `${problem}\n${correction}`
}

/** Also notes of codi, each a block of its own in marks. */
export function isOwnWords(text: string): boolean {
  return (
    text === continueText ||
    text === emptyText ||
    text.endsWith(correction) ||
    /^<([a-z-]+)>[\s\S]*<\/\1>$/.test(text.trim())
  )
}
