/** Commands about the code that need no model: search, symbols, refs, outline, index, diagnostics. */
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { exitCodes } from '../app/exit-code.ts'
import { CodiError } from '../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson, printableJson } from '../base/json.ts'
import { formatBytes, formatDuration, formatMinute, neutralize, plural } from '../base/text.ts'
import type { App } from '../contract/app.ts'
import type { FileDiagnostics, SearchHit, SymbolRow } from '../contract/services.ts'
import type { Output } from '../terminal/output.ts'
import { diagnosticsData, diagnosticsHead } from '../tools/diagnostics.ts'
import { referenceData } from '../tools/find-references.ts'
import { hitData } from '../tools/search-codebase.ts'
import { symbolData } from '../tools/search-services.ts'
import { type Arguments, flagValue, has, numberOf, usage, wholeNumberOf } from './args.ts'

export interface CodeCommand {
  app: App
  output: Output
  args: Arguments
  signal: AbortSignal
}

/** Each answers the exit status. */
export const codeCommands: Record<string, (command: CodeCommand) => Promise<number>> = {
  search,
  symbols,
  refs,
  outline,
  index,
  diagnostics,
}

const defaultLimit = 10
const manyRows = 1000
const defaultDiagnosticsSeconds = 60

async function search(command: CodeCommand): Promise<number> {
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
  if (query === '' && !has(args, 'batch')) throw usage('codi search wants a query')
  await app.services.index.update({}, signal)
  await app.services.vectors.update({}, signal)
  if (has(args, 'batch')) return batch(command, find)
  const hits = await find(query)
  if (has(args, 'json')) printJson(output, hits.map(hitData))
  else output.out(hits.map(searchText).join('\n'))
  if (hits.length === 0 && !has(args, 'json')) output.err('codi: nothing was found\n')
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

function searchText(hit: SearchHit): string {
  const lines = neutralize(hit.snippet).split('\n')
  const numbered = lines.map((line, at) => `${String(hit.snippetLine + at).padStart(6)}  ${line}`)
  const name = hit.symbol === '' ? '' : `  ${hit.kind} ${hit.symbol}`
  return `${neutralize(hit.path)}:${hit.line}-${hit.endLine}${neutralize(name)}\n${numbered.join('\n')}\n`
}

async function symbols(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  await app.services.index.update({}, signal)
  const name = flagValue(args, 'name') ?? ''
  const limit = wholeNumberOf(args, 'limit', 1) ?? Number.MAX_SAFE_INTEGER
  const rows: SymbolRow[] = []
  for (const path of args.words.length > 0 ? args.words : ['']) {
    const query = { name, match: 'fuzzy' as const, limit: limit - rows.length }
    const filter = path === '' ? {} : { path: await relativePath(app, path) }
    rows.push(...(await app.services.index.findSymbols({ ...query, ...filter }, signal)))
  }
  printRows(
    command,
    { rows, data: symbolData },
    (row) =>
      `${row.path}:${row.line}  ${row.kind} ${row.container === '' ? '' : `${row.container}.`}${row.name}`,
  )
  if (rows.length === 0 && !has(args, 'json')) output.err('codi: no symbol was found\n')
  return rows.length > 0 ? exitCodes.done : exitCodes.failed
}

async function refs(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const name = args.words[0]
  if (name === undefined) throw usage('codi refs wants a name')
  await app.services.index.update({}, signal)
  const limit = wholeNumberOf(args, 'limit', 1) ?? manyRows
  const rows = await app.services.index.findReferences(
    { name, limit, ...(await pathFilter(command)) },
    signal,
  )
  printRows(
    command,
    { rows, data: referenceData },
    (row) =>
      `${row.path}:${row.line}  ${row.kind}${row.enclosing === '' ? '' : ` in ${row.enclosing}`}  ${row.text}`,
  )
  if (rows.length === 0 && !has(args, 'json')) output.err(`codi: ${name} is not used anywhere\n`)
  return rows.length > 0 ? exitCodes.done : exitCodes.failed
}

async function outline(command: CodeCommand): Promise<number> {
  const { app, args, signal } = command
  const file = args.words[0]
  if (file === undefined) throw usage('codi outline wants a file')
  const path = await relativePath(app, file)
  const rows = await app.services.index.outline({ path }, signal)
  printRows(command, { rows, data: symbolData }, (row) => {
    const depth = row.container === '' ? 0 : row.container.split('.').length
    return `${String(row.line).padStart(5)}  ${'  '.repeat(depth)}${row.signature === '' ? `${row.kind} ${row.name}` : row.signature}`
  })
  return exitCodes.done
}

async function index(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  if (!has(args, 'status')) {
    const report = await app.services.index.update({}, signal)
    const vectors = await app.services.vectors.update({}, signal)
    if (has(args, 'json')) printJson(output, { index: report, vectors })
    else
      output.out(
        `${plural(report.files, 'file')}, ${plural(report.symbols, 'symbol')}, ${plural(vectors.chunks, 'chunk')}; ` +
          `${report.parsed} parsed now, in ${formatDuration(report.durationMs + vectors.durationMs)}\n`,
      )
    return exitCodes.done
  }
  const status = await app.services.index.status(signal)
  const vectors = await app.services.vectors.status(signal)
  if (has(args, 'json')) {
    printJson(output, { index: status, vectors })
    return exitCodes.done
  }
  const parsed = Object.entries(status.languages)
  const text = status.files - parsed.reduce((sum, [, count]) => sum + count, 0)
  const languages = [...parsed, ['text', text] as const]
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1])
  output.out(
    [
      neutralize(status.root),
      `files    ${status.files} (${languages.map(([name, count]) => `${name} ${count}`).join(', ')})`,
      `symbols  ${status.symbols}`,
      `chunks   ${vectors.chunks}, ${vectors.search} vectors by ${vectors.embedder}`,
      `on disk  ${formatBytes(status.bytes + vectors.bytes)}`,
      `updated  ${status.updatedAt === undefined ? 'never' : formatMinute(status.updatedAt)}`,
      `left out ${plural(status.skipped.length, 'file')}`,
      ...status.skipped.map((row) => `  ${neutralize(row.path)}: ${row.reason}`),
      '',
    ].join('\n'),
  )
  return exitCodes.done
}

async function diagnostics(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  if (args.words.length === 0) throw usage('codi diagnostics wants files')
  const paths = await Promise.all(args.words.map((path) => relativePath(app, path)))
  const waitMs = (numberOf(args, 'wait', 0.1) ?? defaultDiagnosticsSeconds) * 1000
  const files = await app.services.lsp.diagnostics({ paths, waitMs }, signal)
  if (has(args, 'json')) printJson(output, files.map(diagnosticsData))
  else output.out(files.map((file) => neutralize(diagnosticsText(file))).join(''))
  if (files.some((file) => file.items.some((item) => item.severity === 'error')))
    return exitCodes.failed
  return files.every((file) => file.state === 'fresh') ? exitCodes.done : exitCodes.failed
}

function diagnosticsText(file: FileDiagnostics): string {
  const head = `${diagnosticsHead(file)}\n`
  if (file.items.length === 0) return head
  const late = file.state === 'fresh' ? '' : head
  const lines = file.items
    .map(
      (item) =>
        `${file.path}:${item.line}:${item.column}: ${item.severity}: ${item.message}${item.code === undefined ? '' : ` [${item.code}]`}\n`,
    )
    .join('')
  return `${late}${lines}`
}

async function pathFilter({ app, args }: CodeCommand): Promise<{ path?: string }> {
  const path = flagValue(args, 'path')
  if (path === undefined) return {}
  const shown = await relativePath(app, path)
  // The root is no filter.
  return shown === '.' ? {} : { path: shown }
}

/** As the index names it. Throws a CodiError where there is nothing of that name, or it lies outside. */
async function relativePath(app: App, path: string): Promise<string> {
  const absolute = await app.workspace.resolve(path)
  if (!existsSync(absolute))
    throw new CodiError('not_found', `There is no file or directory ${path}`)
  return app.workspace.display(absolute)
}

export function printJson(output: Output, value: unknown): void {
  output.out(`${printableJson(value)}\n`)
}

/** Rows for people, or as JSON: one value, JSONL where it is very long. */
function printRows<R>(
  { args, output }: CodeCommand,
  { rows, data }: { rows: R[]; data: (row: R) => JsonObject },
  line: (row: R) => string,
): void {
  if (!has(args, 'json')) output.out(rows.map((row) => `${neutralize(line(row))}\n`).join(''))
  else if (rows.length <= manyRows) printJson(output, rows.map(data))
  else for (const row of rows) printJson(output, data(row))
}
