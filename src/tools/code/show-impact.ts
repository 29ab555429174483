/** What may break when a symbol, or anything in a file, changes. */
import { Type } from '@sinclair/typebox'
import { clampNumber } from '../../base/clamp.ts'
import { CodiError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import { formatCount, plural } from '../../base/text.ts'
import type { AffectedSymbol, Impact } from '../../contract/code-graph.ts'
import type { ImpactQuery } from '../../contract/index-service.ts'
import { qualifiedName } from '../../contract/symbol.ts'
import type { Tool } from '../../contract/tool.ts'
import type { Answer } from './graph-text.ts'
import { askIndex, indexedPath, symbolData, updateIndex } from './search-services.ts'
import text from './show-impact.md' with { type: 'text' }
import { noSuchSymbol } from './symbol-names.ts'

const input = Type.Object({
  name: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  depth: Type.Optional(Type.Integer()),
})

export const impactDepth = 2
export const impactLimit = 500
const maxChanged = 12
const maxSymbols = 120
const maxTests = 30
const maxFiles = 40

export const showImpact: Tool<typeof input> = {
  name: 'show_impact',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const name = given.name?.trim() ?? ''
    const path = await indexedPath(context, given.path)
    if (name === '' && path === undefined)
      throw new CodiError('invalid', 'Nothing was named; give name, path, or both')
    await updateIndex(context)
    const { index } = context.services
    const query: ImpactQuery = {
      depth: clampNumber(given.depth, { or: impactDepth, min: 1, max: 10 }),
      limit: impactLimit,
      ...(name === '' ? {} : { name }),
      ...(path === undefined ? {} : { path }),
    }
    try {
      const found = await askIndex(() => index.impact(query, context.signal))
      const { lines, data } = impactAnswer(found)
      return { content: lines.join('\n'), detail: { type: 'list', lines }, data }
    } catch (thrown) {
      if (name === '' || !(thrown instanceof CodiError) || thrown.kind !== 'not_found') throw thrown
      const asked = { name, what: 'definition', path }
      throw new CodiError('not_found', await noSuchSymbol(index, asked, context.signal))
    }
  },
}

export function impactAnswer(impact: Impact): Answer<JsonObject> {
  return {
    lines: impactLines(impact),
    data: {
      changed: impact.changed.map(symbolData),
      affected: impact.affected.map(({ path, ...row }) => ({ file: path, ...row })),
      files: impact.files.map(({ path, distance, test }) => ({ file: path, distance, test })),
      tests: impact.tests,
      truncated: impact.truncated,
    },
    found: impact.affected.length > 0 || impact.files.length > impact.changed.length,
  }
}

function impactLines(impact: Impact): string[] {
  const { changed, affected, files, tests } = impact
  const names = changed.map((row) => `${qualifiedName(row)} (${row.path}:${row.line})`)
  const code = affected.filter((row) => !row.test)
  const others = files.filter((file) => file.distance > 0 && !file.test)
  const lines = [
    `changes: ${listed(names, maxChanged)}`,
    `reaches: ${plural(code.length, 'place')} in ${plural(new Set(code.map((row) => row.path)).size, 'file')}, ${plural(tests.length, 'test file')}`,
  ]
  for (const [distance, rows] of byDistance(code.slice(0, maxSymbols))) {
    lines.push(distance === 1 ? 'directly:' : `${distance} steps away:`)
    let file = ''
    for (const row of rows) {
      if (row.path !== file) lines.push(`  ${row.path}`)
      file = row.path
      lines.push(
        `    ${row.line} ${row.name || '(top level)'} ${whyWords[row.why]}${row.sure ? '' : ' ?'}`,
      )
    }
  }
  if (code.length > maxSymbols)
    lines.push(
      `[${formatCount(code.length - maxSymbols)} more places; lower depth, or name one symbol]`,
    )
  const silent = others.filter((file) => !code.some((row) => row.path === file.path))
  if (silent.length > 0)
    lines.push(
      `import it, further away: ${listed(
        silent.map((file) => file.path),
        maxFiles,
      )}`,
    )
  lines.push(tests.length === 0 ? 'tests: none reaches it' : `tests: ${listed(tests, maxTests)}`)
  if (code.slice(0, maxSymbols).some((row) => !row.sure))
    lines.push('[?: likely, by name or through a base type]')
  if (impact.truncated) lines.push('[cut off: there is more]')
  return lines
}

const whyWords: Record<AffectedSymbol['why'], string> = {
  call: 'calls',
  inherit: 'inherits',
  type: 'has the type',
  import: 'imports',
  use: 'uses',
}

function byDistance(rows: readonly AffectedSymbol[]): [number, AffectedSymbol[]][] {
  const groups = new Map<number, AffectedSymbol[]>()
  for (const row of rows) {
    const group = groups.get(row.distance)
    if (group) group.push(row)
    else groups.set(row.distance, [row])
  }
  for (const group of groups.values())
    group.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line))
  return [...groups].sort((a, b) => a[0] - b[0])
}

function listed(items: readonly string[], max: number): string {
  const more = items.length > max ? `, and ${formatCount(items.length - max)} more` : ''
  return `${items.slice(0, max).join(', ')}${more}`
}
