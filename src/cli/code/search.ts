/** codi search: by meaning and words; also many questions on stdin. */
import { createInterface } from 'node:readline'
import { exitCodes } from '../../app/exit-code.ts'
import { isJsonObject, parseJson, printableJson } from '../../base/json.ts'
import type { SearchHit } from '../../contract/vector-service.ts'
import { openStyle } from '../../terminal/style.ts'
import { fitsNothing, hitData, nothingFits } from '../../tools/code/search-codebase.ts'
import { flagValue, has, usage, wholeNumberOf } from '../args.ts'
import { type CodeCommand, pathFilter, printJson } from './command.ts'
import { searchText } from './search-text.ts'

const defaultLimit = 10

export async function search(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const filter = await pathFilter(command)
  const find = (text: string): Promise<SearchHit[]> =>
    app.services.vectors.search(
      {
        text,
        limit: wholeNumberOf(args, 'limit', 1) ?? defaultLimit,
        ...filter,
        ...(has(args, 'lang') ? { language: flagValue(args, 'lang') ?? '' } : {}),
      },
      signal,
    )
  const query = args.words.join(' ')
  if (query.trim() === '' && !has(args, 'batch')) throw usage('codi search wants a query')
  if (query !== '' && has(args, 'batch'))
    throw usage(`--batch reads its queries from stdin; leave out ${JSON.stringify(query)}`)
  await app.services.index.update({}, signal)
  await app.services.vectors.update({}, signal)
  if (has(args, 'batch')) return batch(command, find)
  const hits = await find(query)
  if (has(args, 'json')) printJson(output, hits.map(hitData))
  else {
    if (fitsNothing(hits)) output.err(`codi: ${nothingFits.toLowerCase()}\n`)
    const style = openStyle(output.color)
    output.out(hits.map((hit) => searchText(hit, style)).join('\n'))
  }
  if (hits.length === 0) output.err('codi: nothing was found\n')
  return hits.length > 0 ? exitCodes.done : exitCodes.failed
}

async function batch(
  command: CodeCommand,
  find: (text: string) => Promise<SearchHit[]>,
): Promise<number> {
  const lines = createInterface({ input: process.stdin })
  command.signal.addEventListener('abort', () => lines.close(), { once: true })
  for await (const line of lines) {
    if (command.signal.aborted) break
    if (line.trim() === '') continue
    const request = parseJson(line)
    if (!isJsonObject(request) || typeof request.query !== 'string')
      throw usage(`--batch wants {"id": …, "query": "…"} on each line, not ${line.slice(0, 80)}`)
    const results = (await find(request.query)).map(hitData)
    command.output.out(`${printableJson({ id: request.id ?? null, results })}\n`)
  }
  return command.signal.aborted ? exitCodes.interrupted : exitCodes.done
}
