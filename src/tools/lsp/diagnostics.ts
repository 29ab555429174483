/** What the language servers say about files. */
import { isAbsolute } from 'node:path'
import { Type } from '@sinclair/typebox'
import { formatCount, oneLine, plural } from '../../base/text.ts'
import type { Diagnostic, FileDiagnostics } from '../../contract/lsp-service.ts'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import { askService } from '../code/search-services.ts'
import text from './diagnostics.md' with { type: 'text' }
import { diagnosticsScope } from './diagnostics-scope.ts'

const input = Type.Object({ paths: Type.Optional(Type.Array(Type.String())) })

const maxFiles = 50
const maxItemsOfFile = 100
/** A server that is still loading answers the next call. */
const waitMs = 15_000
/** Clean files beyond these are only counted. */
export const maxCleanShown = 10

export const diagnostics: Tool<typeof input> = {
  name: 'diagnostics',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const options = {
      what: 'The language server',
      instead: 'use bash or run_tests to check the code instead',
    }
    const scope = await askService(
      () => diagnosticsScope(given.paths ?? [], context, { maxFiles, orAll: false }),
      options,
    )
    const files =
      scope.paths.length === 0
        ? []
        : await askService(
            () => context.services.lsp.diagnostics({ paths: scope.paths, waitMs }, context.signal),
            options,
          )
    const known = files.map((file) => ({ ...file, path: shownPath(context, file.path) }))
    const { shown, clean } = withoutClean(known)
    const lines = [
      ...shown.flatMap(fileLines),
      ...(clean > 0 ? [`${plural(clean, 'more file')}: no problems`] : []),
      ...(scope.note === '' ? [] : [`[${scope.note}]`]),
    ]
    const answered = known.some((file) => file.state === 'fresh' || file.state === 'none')
    return {
      content: lines.join('\n') || 'No file here is known to a language server.',
      detail: { type: 'list', lines },
      data: known.map(diagnosticsData),
      isError: !answered && known.length > 0,
    }
  },
}

/** Errors first; of many clean files only some are named. */
function withoutClean(files: readonly FileDiagnostics[]) {
  const clean = files.filter(isClean)
  const shown = [...files.filter((file) => !isClean(file)), ...clean.slice(0, maxCleanShown)]
  const worst = shown.toSorted((a, b) => errorCount(b) - errorCount(a))
  return { shown: worst, clean: Math.max(0, clean.length - maxCleanShown) }
}

export function isClean(file: FileDiagnostics): boolean {
  return file.state === 'fresh' && file.items.length === 0
}

function errorCount({ items }: FileDiagnostics): number {
  return items.some((item) => item.severity === 'error') ? 1 : 0
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
