/**
 * What the language servers say of files that were just changed and of the files that import them, as a few lines for
 * the model. It never fails an edit and never waits long: where no server runs yet one is started for a later edit.
 */
import { extname } from 'node:path'
import { abortable } from '../base/async.ts'
import { oneLine, plural } from '../base/text.ts'
import type { Diagnostic, FileDiagnostics } from '../contract/lsp-service.ts'
import type { ToolContext } from '../contract/tool.ts'

const waitMs = 1500
/** For a service that does not keep to `waitMs`, as while its worker starts. */
const limitMs = 2500
/** To hear which servers run; longer only while the worker itself starts, and then none does. */
const detectWaitMs = 150
/** What dependents said before the change is worth this long, once a file. */
const beforeWaitMs = 400
const maxFiles = 10
const maxDependents = 20
const maxItems = 10
const maxMessageChars = 300

/** No server has anything to say of these that is worth starting it for. */
const plainText = new Set(['', '.md', '.txt', '.log', '.csv', '.json', '.yaml', '.yml', '.toml'])

/** Asked once the change is on disk: empty where there is nothing to say, or nobody to ask. */
export type ErrorsAfter = () => Promise<string>

/** Called before the change, so that what is new afterwards can be told. `paths` are absolute. */
export async function watchErrors(
  paths: readonly string[],
  context: ToolContext,
): Promise<ErrorsAfter> {
  // A single command is over before a server has started.
  if (context.ledger.standalone) return async () => ''
  const code = paths.filter((path) => !plainText.has(extname(path))).slice(0, maxFiles)
  if (code.length === 0) return async () => ''
  const own = code.map((path) => context.workspace.display(path))
  const { lsp } = context.services
  const servers = await within(detectWaitMs, context, (signal) =>
    lsp.detect({ paths: own }, signal),
  )
  if (!servers?.some(({ state }) => state === 'ready'))
    return async () => startServers(own, context)
  const dependents = await within(beforeWaitMs, context, (signal) =>
    dependentsOf(own, context, signal),
  )
  return () => errorsAfter(own, dependents ?? [], context)
}

/** For a later edit: nothing is waited for. */
function startServers(own: readonly string[], context: ToolContext): string {
  const request = { paths: [...own], waitMs, only: 'ready' as const }
  context.services.lsp.diagnostics(request, context.signal).catch(() => {})
  return ''
}

/** The files that import them; what they say before the change is known then. */
async function dependentsOf(
  own: readonly string[],
  context: ToolContext,
  signal: AbortSignal,
): Promise<string[]> {
  const { index, lsp } = context.services
  const answers = await Promise.all(
    own.map((path) => index.dependencies({ path }, signal).catch(() => undefined)),
  )
  const importers = answers.flatMap((answer) => answer?.importedBy ?? []).map(({ path }) => path)
  const dependents = [...new Set(importers)]
    .filter((path) => !own.includes(path))
    .slice(0, maxDependents)
  if (dependents.length > 0) {
    const request = { paths: dependents, waitMs: beforeWaitMs, only: 'unknown' as const }
    // Those that are late have no known state before, and are heard when they have one.
    await lsp.diagnostics(request, signal).catch(() => [])
  }
  return dependents
}

async function errorsAfter(
  own: readonly string[],
  dependents: readonly string[],
  context: ToolContext,
): Promise<string> {
  const request = { paths: [...own, ...dependents], waitMs, only: 'ready' as const }
  const files = await within(limitMs, context, async (signal) => {
    // Files that are new or gone matter to whoever watches them.
    await context.services.lsp.changed({ paths: [...own] }, signal).catch(() => {})
    return context.services.lsp.diagnostics(request, signal)
  })
  const isOwn = new Set(own)
  const errors = (files ?? []).flatMap((file) => {
    const items = isOwn.has(file.path) ? file.items : newItems(file)
    return file.state === 'fresh' ? onlyErrors(file, items) : []
  })
  const [here, there] = [true, false].map((which) =>
    errors.filter(({ file }) => isOwn.has(file.path) === which),
  ) as [FileError[], FileError[]]
  return [
    part(here, 'there now', maxItems),
    part(there, 'new in files that depend on it', maxItems),
  ]
    .filter((text) => text !== '')
    .join('\n')
}

interface FileError {
  file: FileDiagnostics
  item: Diagnostic
}

function onlyErrors(file: FileDiagnostics, items: readonly Diagnostic[]): FileError[] {
  return items.filter((item) => item.severity === 'error').map((item) => ({ file, item }))
}

/** Nothing counts as new where nobody knows what was there before. */
function newItems({ items, before }: FileDiagnostics): Diagnostic[] {
  if (!before) return []
  const keys = new Set(before.map(keyOf))
  return items.filter((item) => !keys.has(keyOf(item)))
}

function keyOf({ line, code, message }: Diagnostic): string {
  return `${line}\0${code}\0${message}`
}

function part(errors: readonly FileError[], where: string, limit: number): string {
  if (errors.length === 0) return ''
  const lines = errors
    .slice(0, limit)
    .map(
      ({ file, item }) =>
        `${file.path}:${item.line}:${item.column} ${oneLine(item.message, maxMessageChars)}`,
    )
  if (errors.length > limit) lines.push(`… and ${errors.length - limit} more`)
  const servers = [...new Set(errors.map(({ file }) => file.server))].join(', ')
  return `${plural(errors.length, 'error')} ${where} (${servers}):\n${lines.join('\n')}`
}

/** What it answers in time; undefined when it fails or is late. */
async function within<T>(
  ms: number,
  context: ToolContext,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), ms)
  const signal = AbortSignal.any([context.signal, limit.signal])
  try {
    return await abortable(ask(signal), signal)
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
