/** The ranked map of a directory as text and as rows. */
import type { JsonObject } from '../../base/json.ts'
import { formatCount } from '../../base/text.ts'
import type { CodeMap } from '../../contract/code-graph.ts'
import { mapFileLine, mapSymbolLine } from '../../contract/code-map-text.ts'
import type { Answer } from './graph-text.ts'
import { symbolData } from './search-services.ts'

export const defaultMapTokens = 1_500

export function mapAnswer(map: CodeMap): Answer<JsonObject> {
  const lines = map.files.flatMap((file) => [
    mapFileLine(file.path),
    ...file.symbols.map(mapSymbolLine),
  ])
  if (map.omitted > 0) lines.push(`[${formatCount(map.omitted)} more files of code]`)
  return {
    lines,
    data: {
      files: map.files.map(({ path, rank, symbols }) => ({
        file: path,
        rank,
        symbols: symbols.map(symbolData),
      })),
      tokens: map.tokens,
      omitted: map.omitted,
    },
    found: map.files.length > 0,
  }
}
