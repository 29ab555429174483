/** codi lsp symbols: of a file in order, or by name wherever the servers know one. */
import { existsSync } from 'node:fs'
import { exitCodes } from '../../app/exit-code.ts'
import type { JsonObject } from '../../base/json.ts'
import type { LspAnswer, LspSymbol } from '../../contract/lsp-service.ts'
import { qualifiedName } from '../../contract/symbol.ts'
import { answerValue } from '../../tools/lsp/lsp-answer.ts'
import { usage } from '../args.ts'
import { type CodeCommand, manyRows, printRows, relativePath } from './command.ts'
import { projectServers } from './lsp-status.ts'
import { waitOf } from './place.ts'

export async function lspSymbols(command: CodeCommand, words: readonly string[]): Promise<number> {
  const { app, output, signal } = command
  const [typed] = words
  if (typed === undefined) throw usage('codi lsp symbols wants a FILE or a NAME')
  const file = typed.replace(/(:\d+){1,2}$/, '')
  const isFile = existsSync(await app.workspace.resolve(file).catch(() => ''))
  const path = isFile ? await relativePath(command, file) : undefined
  const request = { waitMs: waitOf(command) }
  const answer =
    path === undefined
      ? await byName(command, typed)
      : await app.services.lsp.documentSymbols({ path, ...request }, signal)
  const rows = answerValue(answer, 'symbols', path ?? typed)
  printRows(command, { rows, data: symbolData }, (row) => {
    return `${row.path}:${row.line}-${row.endLine}  ${row.kind} ${qualifiedName(row)}`
  })
  if (rows.length === 0) output.err('codi: no symbols\n')
  return rows.length > 0 ? exitCodes.done : exitCodes.failed
}

/** A server answers once it has a file of the project open; every server of the project is asked. */
async function byName(command: CodeCommand, query: string): Promise<LspAnswer<LspSymbol[]>> {
  const { app, signal } = command
  const servers = (await projectServers(command)).filter(({ state }) => state !== 'missing')
  let last: LspAnswer<LspSymbol[]> | undefined
  const rows = new Map<string, LspSymbol>()
  const names: string[] = []
  for (const { paths } of servers) {
    const [path] = paths
    if (path === undefined) continue
    const request = { query, path, limit: manyRows, waitMs: waitOf(command) }
    const answer = await app.services.lsp.workspaceSymbols(request, signal)
    if (answer.state !== 'ok') {
      last ??= answer
      continue
    }
    names.push(answer.server)
    for (const row of answer.value) rows.set(`${row.path}:${row.line}:${row.name}`, row)
  }
  if (names.length === 0 && last) return last
  if (names.length === 0) return { state: 'none', server: '', value: [] }
  return { state: 'ok', server: names.join(', '), value: [...rows.values()] }
}

function symbolData({ path, ...rest }: LspSymbol): JsonObject {
  return { file: path, ...rest }
}
