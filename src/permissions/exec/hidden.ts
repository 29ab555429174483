/** Characters that a person does not see, or sees as something else, in a text that is to be judged by eye. */

const kinds: readonly { pattern: RegExp; text: string }[] = [
  { pattern: /\0/, text: 'it holds a NUL character' },
  { pattern: /[\x01-\x08\x0b-\x1f\x7f-\x9f]/, text: 'it holds control characters' },
  {
    pattern: /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u180e]/,
    text: 'it holds blanks that the shell does not take for blanks',
  },
  {
    pattern:
      /\u034f|[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ue000]|\p{Variation_Selector}|[\u17b4\u17b5]|[\u{e0000}-\u{e0fff}]/u,
    text: 'it holds invisible characters',
  },
  { pattern: /\p{Cs}/u, text: 'it holds half a character' },
]

/** What is hidden in it, as a sentence; undefined where nothing is. */
export function hiddenCharacter(text: string): string | undefined {
  // Pictures are put together with characters that are invisible anywhere else.
  const bare = /[^\x00-\x7f]/.test(text)
    ? text.replace(/\p{Extended_Pictographic}(?:\ufe0f|\u200d|\p{Emoji_Modifier})*/gu, '')
    : text
  return kinds.find(({ pattern }) => pattern.test(bare))?.text
}
