/** Which session a person means: an id, the start of one, `last`, a number of a list, a name, words of a label. */
import { CodiError } from '../base/errors.ts'
import { oneLine } from '../base/text.ts'
import type { SessionSummary } from '../contract/session.ts'
import type { SessionStore } from '../sessions/store.ts'

export interface SessionFinder {
  find(typed: string, options?: { exact?: boolean }): SessionSummary
  /** Numbers count in this list from now on. */
  number(rows: readonly SessionSummary[]): void
}

const maxNamed = 5
/** Of the kinds of match: id, name, start of an id. */
const exactKinds = 3

export function openFinder(store: () => SessionStore, cwd: string): SessionFinder {
  let numbered: string[] | undefined

  function find(typed: string, { exact = false } = {}): SessionSummary {
    const text = typed.trim()
    if (text === '')
      throw new CodiError('not_found', 'What names the session is empty; codi sessions lists ids')
    if (text.toLowerCase() === 'last') return last()
    const row = exact && !numbered ? undefined : byNumber(text)
    if (row) return row
    const rows = store().list({ archived: 'with' })
    return byWords(text, rows, exact)
  }

  function last(): SessionSummary {
    const found = store().list({ cwd, limit: 1 })[0]
    if (found) return found
    throw new CodiError(
      'not_found',
      'There is no session of this directory; codi sessions --all lists the others',
    )
  }

  function listOfNumbers(): string[] {
    if (numbered) return numbered
    return store()
      .list({ cwd })
      .map((row) => row.id)
  }

  /** Undefined where it is no number of the list: it may be the start of an id. */
  function byNumber(text: string): SessionSummary | undefined {
    if (!isNumber(text)) return undefined
    const ids = listOfNumbers()
    const id = ids[Number(text) - 1]
    return id === undefined ? undefined : store().summary(id)
  }

  /** The closest kind of match counts, and within it those of this directory. */
  function byWords(text: string, rows: readonly SessionSummary[], exact: boolean): SessionSummary {
    const wanted = text.toLowerCase()
    const kinds: ((row: SessionSummary) => boolean)[] = [
      (row) => row.id === text,
      (row) => row.name?.toLowerCase() === wanted,
      (row) => row.id.startsWith(text),
      (row) => row.name?.toLowerCase().startsWith(wanted) ?? false,
      (row) => !row.archived && row.label.toLowerCase() === wanted,
      (row) => !row.archived && row.label.toLowerCase().includes(wanted),
    ]
    for (const fits of exact ? kinds.slice(0, exactKinds) : kinds) {
      const all = rows.filter(fits)
      const here = all.filter((row) => row.cwd === cwd)
      const found = here.length > 0 ? here : all
      if (found.length > 1)
        throw ambiguous(text, found, isNumber(text) ? listOfNumbers().length : undefined)
      if (found[0]) return found[0]
    }
    throw new CodiError(
      'not_found',
      `There is no session "${oneLine(text, 60)}"; codi sessions --all lists them`,
    )
  }

  return {
    find,
    number(rows) {
      numbered = rows.map((row) => row.id)
    },
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,4}$/.test(text)
}

/** `listed`: how long the list is in which it is no number. */
function ambiguous(
  text: string,
  rows: readonly SessionSummary[],
  listed: number | undefined,
): CodiError {
  const named = rows.slice(0, maxNamed).map((row) => `${row.id} "${oneLine(row.label, 40)}"`)
  const more = rows.length > maxNamed ? ` and ${rows.length - maxNamed} more` : ''
  const how =
    listed === undefined
      ? ''
      : ` is no number of the list, which has ${listed}, and as the start of an id`
  return new CodiError(
    'ambiguous',
    `"${oneLine(text, 60)}"${how} fits several sessions (${named.join(', ')}${more}); give an id`,
  )
}
