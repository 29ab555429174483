/** Names that were probably meant where one is not known, and what is said then. */
import { similarity } from '../base/closest.ts'
import type { IndexService } from '../contract/index-service.ts'

const maxNames = 3
const minSimilarity = 0.6

/** `There is no function named X in the index; did you mean Y or Z?` */
export async function noSuchSymbol(
  index: IndexService,
  asked: { name: string; what: string; path?: string | undefined },
  signal: AbortSignal,
): Promise<string> {
  const where = asked.path === undefined ? '' : ` in ${asked.path}`
  const near = await similarNames(index, asked.name, signal)
  const hint = near.length === 0 ? 'grep finds it as text' : `did you mean ${near.join(' or ')}?`
  return `No ${asked.what} named ${asked.name}${where} is in the index; ${hint}`
}

export async function similarNames(
  index: IndexService,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  const rows = await index.findSymbols({ name, match: 'fuzzy', limit: 30 }, signal)
  const last = name.split(/\.|::|#|->/).at(-1) ?? name
  const near = rows.filter((row) => similarity(row.name, last) >= minSimilarity)
  const names = near.map((row) =>
    row.container === '' ? row.name : `${row.container}.${row.name}`,
  )
  return [...new Set(names)].slice(0, maxNames)
}
