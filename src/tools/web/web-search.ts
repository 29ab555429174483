/** Searches the web by the engine that the settings choose. */
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import { CodiError } from '../../base/errors.ts'
import { neutralize, oneLine } from '../../base/text.ts'
import type { Tool } from '../../contract/tool.ts'
import text from './web-search.md' with { type: 'text' }
import { dataNote } from './web-text.ts'

const input = Type.Object({ query: Type.String(), limit: Type.Optional(Type.Integer()) })

const defaultLimit = 8
const maxLimit = 20
const maxQueryChars = 400

export const webSearch: Tool<typeof input> = {
  name: 'web_search',
  text,
  input,
  effect: 'network',
  async request({ query }, context) {
    return {
      summary: `search the web for ${oneLine(query, 200)}`,
      paths: [],
      hosts: context.services.web.searchHosts(),
    }
  },
  async run(given, context) {
    const query = given.query.replace(/\s+/g, ' ').trim()
    if (query === '') throw new CodiError('invalid', 'The query is empty; say what to search for')
    if (query.length > maxQueryChars) {
      throw new CodiError(
        'invalid',
        `The query has ${query.length} characters, at most ${maxQueryChars} are sent; use a few words`,
      )
    }
    const limit = clampNumber(given.limit, { or: defaultLimit, min: 1, max: maxLimit })
    const found = await context.services.web.search({ query, limit }, context.signal)
    const hits = found.results.map(
      ({ title, url, snippet }, index) =>
        `${index + 1}. ${neutralize(title)}\n   ${url}${snippet === '' ? '' : `\n   ${neutralize(snippet)}`}`,
    )
    const failed = found.failed.map((reason) => `[${reason}]`)
    const head =
      hits.length === 0
        ? `[${found.engine} found nothing; try other words]`
        : `[by ${found.engine}; ${dataNote}]`
    return {
      content: [...failed, head, ...hits].join('\n'),
      detail: { type: 'list', lines: found.results.map(({ title, url }) => `${title}  ${url}`) },
      data: { engine: found.engine, results: found.results, failed: found.failed },
    }
  },
}
