/** What may become a fact, and when two say the same. */
import { CodiError } from '../base/errors.ts'
import { showInvisible } from '../base/invisible.ts'
import type { NewMemory } from '../contract/memory.ts'
import { defaultCategory, splitDate } from './fact-file.ts'

export const maxFactChars = 300
const maxCategoryChars = 40

/** The fact in the form it is kept in. Throws a CodiError of kind `invalid`, or `usage` where there is none. */
export function checkFact(
  memory: NewMemory,
  options: { isSecret(text: string): boolean },
): { category: string; text: string } {
  const { text } = splitDate(memory.text.trim().replace(/^[-*+]\s+/, ''))
  if (text === '')
    throw new CodiError('usage', 'There is no fact to remember; give it as text behind the command')
  if (/[\r\n]/.test(text))
    throw new CodiError('invalid', 'A memory is one line; say each fact for itself')
  if (text.length > maxFactChars)
    throw new CodiError(
      'invalid',
      `A memory has at most ${maxFactChars} characters, not ${text.length}; say it shorter, or write it to a file and remember where`,
    )
  if (/[\0\ufffd]/.test(text)) throw new CodiError('invalid', 'That is no text; nothing was stored')
  const shown = showInvisible(text)
  if (shown.hidden.length > 0)
    throw new CodiError('invalid', `A memory holds no invisible characters: ${shown.text}`)
  if (options.isSecret(text) || text.includes('[masked: '))
    throw new CodiError(
      'denied',
      'That looks like a secret, which is never remembered; remember where it is kept instead',
    )
  return { category: checkCategory(memory.category), text: text.replace(/\s+/g, ' ') }
}

function checkCategory(given: string | undefined): string {
  const category = (given ?? '').trim().replace(/^#+\s*/, '')
  if (category === '') return defaultCategory
  if (category.length <= maxCategoryChars && /^[\p{L}\p{N}][\p{L}\p{N} _/.-]*$/u.test(category))
    return category
  throw new CodiError(
    'invalid',
    `"${category.slice(0, 60)}" is no category; use a word of letters and digits, such as testing`,
  )
}

/** Equal for facts that differ in case, punctuation and small words only. */
export function factKey(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}_./:+#-]*/gu) ?? []
  const telling = words
    .map((word) => word.replace(/[./:-]+$/, ''))
    .filter((word) => !small.has(word))
  return (telling.length > 0 ? telling : words).join(' ')
}

/** Whether the texts are the same but for case and the end of the sentence. */
export function isSameText(a: string, b: string): boolean {
  const fold = (text: string) =>
    text
      .toLowerCase()
      .replace(/\s+/g, ' ')
      .replace(/[.!\s]+$/, '')
  return fold(a) === fold(b)
}

const small: ReadonlySet<string> = new Set(['the', 'a', 'an', 'is', 'are', 'be', 'please', 'that'])
