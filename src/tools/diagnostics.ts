/** What the language servers say about files. */
import { isAbsolute } from 'node:path'
import { Type } from '@sinclair/typebox'
import { mapLimit } from '../base/async.ts'
import { CodiError } from '../base/errors.ts'
import { formatCount, oneLine, plural } from '../base/text.ts'
import type { Diagnostic, FileDiagnostics } from '../contract/lsp-service.ts'
import type { Tool, ToolContext } from '../contract/tool.ts'
import text from './diagnostics.md' with { type: 'text' }
import { findPlace } from './search-place.ts'
import { askService } from './search-services.ts'

const input = Type.Object({ paths: Type.Array(Type.String()) })

const maxFiles = 50
const maxItemsOfFile = 100
/** A server that is still loading answers the next call. */
const waitMs = 15_000

export const diagnostics: Tool<typeof input> = {
  name: 'diagnostics',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    if (given.paths.length === 0) throw new CodiError('invalid', 'Name at least one file')
    if (given.paths.length > maxFiles) {
      throw new CodiError(
        'invalid',
        `${given.paths.length} files are too many; name at most ${maxFiles}`,
      )
    }
    const paths = await mapLimit(given.paths, 8, (path) => filePath(context, path))
    const files = await askService(
      () =>
        context.services.lsp.diagnostics({ paths: [...new Set(paths)], waitMs }, context.signal),
      { what: 'The language server', instead: 'use bash or run_tests to check the code instead' },
    )
    const known = files.map((file) => ({ ...file, path: shownPath(context, file.path) }))
    const lines = known.flatMap(fileLines)
    const answered = known.some((file) => file.state === 'fresh' || file.state === 'none')
    return {
      content: lines.join('\n'),
      detail: { type: 'list', lines },
      data: known.map(diagnosticsData),
      isError: !answered,
    }
  },
}

async function filePath(context: ToolContext, path: string): Promise<string> {
  const place = await findPlace(context, path)
  if (!place.isDirectory) return context.workspace.display(place.absolute)
  throw new CodiError(
    'invalid',
    `${place.shown} is a directory; name files in it (glob lists them)`,
  )
}

function shownPath(context: ToolContext, path: string): string {
  return isAbsolute(path) ? context.workspace.display(path) : path
}

function fileLines(file: FileDiagnostics): string[] {
  return [diagnosticsHead(file), ...itemLines(file.items)]
}

/** `src/a.ts (typescript): 2 errors`, or why there is no answer. */
export function diagnosticsHead(file: FileDiagnostics): string {
  const server = file.server === '' ? '' : ` (${file.server})`
  const note = file.note ? `: ${file.note}` : ''
  switch (file.state) {
    case 'none':
      return `${file.path}: no language server knows this kind of file`
    case 'missing':
      return `${file.path}${server}: the language server is not installed${note}`
    case 'failed':
      return `${file.path}${server}: the language server failed${note}`
    case 'timeout':
      return `${file.path}${server}: no answer in time${note}`
    case 'fresh':
      return `${file.path}${server}: ${summary(file.items)}`
  }
}

function summary(items: Diagnostic[]): string {
  if (items.length === 0) return 'no problems'
  const severities = ['error', 'warning', 'info', 'hint'] as const
  return severities
    .map((severity) => ({
      severity,
      count: items.filter((item) => item.severity === severity).length,
    }))
    .filter((row) => row.count > 0)
    .map((row) => (row.severity === 'info' ? `${row.count} info` : plural(row.count, row.severity)))
    .join(', ')
}

function itemLines(items: Diagnostic[]): string[] {
  const sorted = items.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line)
  const lines = sorted.slice(0, maxItemsOfFile).map((item) => {
    const code = item.code === undefined ? '' : ` ${item.code}`
    const message = oneLine(item.message, 500)
    return `  ${item.line}:${item.column} ${item.severity}${code}: ${message}`
  })
  const more = items.length - maxItemsOfFile
  return more > 0 ? [...lines, `  [${formatCount(more)} more]`] : lines
}

/** Errors before everything else; the rest by line. */
function rank(item: Diagnostic): number {
  return item.severity === 'error' ? 0 : 1
}

/** As programs get it. */
export function diagnosticsData(file: FileDiagnostics) {
  return {
    file: file.path,
    server: file.server,
    state: file.state,
    note: file.note ?? null,
    items: file.items.map((item) => ({
      severity: item.severity,
      line: item.line,
      column: item.column,
      message: item.message,
      source: item.source ?? null,
      code: item.code ?? null,
    })),
  }
}
