/** What the language server knows of a symbol: its type, signature and documentation. */
import { Type } from '@sinclair/typebox'
import type { JsonObject } from '../../base/json.ts'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import { type CodePlace, findCodePlaces } from '../code/code-place.ts'
import { askService } from '../code/search-services.ts'
import text from './hover.md' with { type: 'text' }
import { answerValue, whyNot } from './lsp-answer.ts'

const input = Type.Object({
  name: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
})

/** Definitions of one name that are answered; the rest is named. */
const maxPlaces = 3
const waitMs = 10_000

export const hover: Tool<typeof input> = {
  name: 'hover',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const places = await findCodePlaces(context, given)
    const [first, ...others] = places.slice(0, maxPlaces)
    const texts = first ? [await describe(first, context)] : []
    for (const place of others) texts.push(await describe(place, context))
    const more = places.slice(maxPlaces).map(placeName)
    if (more.length > 0) texts.push(`[also ${more.slice(0, 10).join(', ')}]`)
    return { content: texts.join('\n\n'), data: places.slice(0, maxPlaces).map(placeData) }
  },
}

async function describe(place: CodePlace, context: ToolContext): Promise<string> {
  const { path, line, column } = place
  const answer = await askService(
    () => context.services.lsp.hover({ path, line, column, waitMs }, context.signal),
    { what: 'The language server', instead: 'read_file shows the definition' },
  )
  // One that fails here may know the other places; all else holds for every place of the file.
  if (answer.state !== 'failed') answerValue(answer, 'hover', path)
  const said =
    answer.state === 'ok' ? answer.value || 'nothing is known of it' : whyNot(answer, 'hover', path)
  return `${placeName(place)}${place.word === '' ? '' : ` ${place.word}`}\n${said}`
}

function placeName({ path, line }: CodePlace): string {
  return `${path}:${line}`
}

function placeData({ path, line, column, word }: CodePlace): JsonObject {
  return { file: path, line, column, name: word }
}
