/** Hybrid semantic search over the code of the workspace. */
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import { CodiError } from '../../base/errors.ts'
import type { Tool } from '../../contract/tool.ts'
import type { SearchHit } from '../../contract/vector-service.ts'
import { mayShow } from '../files/file-secrecy.ts'
import text from './search-codebase.md' with { type: 'text' }
import { askService, indexedPath, lineRange, updateIndex } from './search-services.ts'

const input = Type.Object({
  query: Type.String(),
  limit: Type.Optional(Type.Integer({ description: 'default 8' })),
  path: Type.Optional(Type.String()),
  language: Type.Optional(Type.String()),
})

const defaultLimit = 8
const maxLimit = 50
const maxQueryChars = 2000
const deadlineMs = 20_000

export const searchCodebase: Tool<typeof input> = {
  name: 'search_codebase',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const query = given.query.trim().slice(0, maxQueryChars)
    if (query === '') throw new CodiError('invalid', 'The query is empty; say what to look for')
    const path = await indexedPath(context, given.path)
    await updateIndex(context)
    const limit = clampNumber(given.limit, { or: defaultLimit, min: 1, max: maxLimit })
    const { vectors } = context.services
    const found = await askService(
      async () => {
        await vectors.update({}, context.signal)
        const scope = path === undefined ? {} : { path }
        const { language } = given
        const filter = language === undefined ? scope : { ...scope, language }
        return vectors.search({ text: query, limit, deadlineMs, ...filter }, context.signal)
      },
      { what: 'Semantic search', instead: 'use grep or find_symbol instead' },
    )
    const hits = found.filter((hit) => mayShow(join(context.workspace.root, hit.path), context))
    const data = hits.map(hitData)
    if (hits.length === 0) {
      const where = path === undefined ? '' : ` below ${path}`
      return {
        content: `Nothing found${where}; try other words, or grep for an exact text.`,
        data,
      }
    }
    const blocks = groupByFile(hits).map(hitBlock)
    if (fitsNothing(hits)) blocks.unshift(`${nothingFits}; other words may do better.`)
    return {
      content: blocks.join('\n\n'),
      detail: { type: 'list', lines: hits.map(hitTitle) },
      data,
    }
  },
}

/** What is said before hits of which not even the best has anything of the query. */
export const nothingFits = 'Nothing fits well, these are only the nearest'

export function fitsNothing([best]: readonly SearchHit[]): boolean {
  return best?.weak === true
}

/** Hits of one file stand together, files in the order of their best hit. */
function groupByFile(hits: SearchHit[]): SearchHit[] {
  const groups = new Map<string, SearchHit[]>()
  for (const hit of hits) {
    const group = groups.get(hit.path)
    if (group) group.push(hit)
    else groups.set(hit.path, [hit])
  }
  return [...groups.values()].flat()
}

function hitBlock(hit: SearchHit): string {
  const lines = hit.snippet
    .replace(/\n$/, '')
    .split('\n')
    .map((line, at) => `  ${hit.snippetLine + at}\t${line}`)
  return [hitTitle(hit), ...lines].join('\n')
}

function hitTitle(hit: SearchHit): string {
  return `${hit.path}:${lineRange(hit.line, hit.endLine)} ${hit.kind} ${hit.symbol}`.trimEnd()
}

/** A hit as programs read it. */
export function hitData(hit: SearchHit) {
  return {
    file: hit.path,
    start: hit.line,
    end: hit.endLine,
    score: Math.round(hit.score * 1000) / 1000,
    symbol: hit.symbol,
    snippet: hit.snippet,
    snippetLine: hit.snippetLine,
    matchedLines: hit.matchedLines,
    ...(hit.weak && { weak: true }),
  }
}
