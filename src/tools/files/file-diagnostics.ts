/**
 * What the language servers say of files that were just changed and of the files that import them, as a few lines for
 * the model. It never fails an edit and never waits long: where no server runs yet one is started for a later edit.
 */
import { extname } from 'node:path'
import { abortable } from '../../base/async.ts'
import { holdsHome } from '../../base/home.ts'
import { oneLine, plural } from '../../base/text.ts'
import type { Diagnostic, FileDiagnostics } from '../../contract/lsp-service.ts'
import type { ToolContext } from '../../contract/tool.ts'

const waitMs = 1200
/** For a service that does not keep to `waitMs`, as while its worker starts. */
const limitMs = 2000
/** To hear which servers run; longer only while the worker itself starts, and then none does. */
const detectWaitMs = 150
/** Who imports the files is worth this long. */
const indexWaitMs = 250
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
  const findDependents = () =>
    within(indexWaitMs, context, (signal) => dependentsOf(own, context, signal))
  const early = await findDependents()
  await learnBefore(early ?? [], context)
  // Where the index was late, it has had the time of the edit.
  return async () => errorsAfter(own, early ?? (await findDependents()) ?? [], context)
}

/** For a later edit: nothing is waited for. */
function startServers(own: readonly string[], context: ToolContext): string {
  const request = { paths: [...own], waitMs, only: 'ready' as const }
  context.services.lsp.diagnostics(request, context.signal).catch(() => {})
  void updateIndex(context)
  return ''
}

/** It goes on for the next question where this one cannot wait; without an index there is nobody to ask. */
async function updateIndex({ services, workspace, signal }: ToolContext): Promise<void> {
  if (!holdsHome(workspace.root)) await services.index.update({}, signal).catch(() => {})
}

/** The files that import them. */
async function dependentsOf(
  own: readonly string[],
  context: ToolContext,
  signal: AbortSignal,
): Promise<string[]> {
  await updateIndex(context)
  const answers = await Promise.all(
    own.map((path) => context.services.index.dependencies({ path }, signal).catch(() => undefined)),
  )
  const importers = answers.flatMap((answer) => answer?.importedBy ?? []).map(({ path }) => path)
  return [...new Set(importers)].filter((path) => !own.includes(path)).slice(0, maxDependents)
}

/** What they say before the change, once for each; of those that are late it stays unknown what is new. */
async function learnBefore(dependents: readonly string[], context: ToolContext): Promise<void> {
  if (dependents.length === 0) return
  const request = { paths: [...dependents], waitMs: beforeWaitMs, only: 'unknown' as const }
  await within(beforeWaitMs, context, (signal) => context.services.lsp.diagnostics(request, signal))
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
  const fresh = (files ?? []).filter((file) => file.state === 'fresh')
  const here = fresh.filter((file) => isOwn.has(file.path))
  const there = fresh.filter((file) => !isOwn.has(file.path))
  const known = there.filter(({ before }) => before !== undefined)
  // Told once: from then on it is known what they said before.
  const unknown = there.filter(({ before }) => before === undefined)
  return [
    part(here.flatMap(errorsOf), 'there now', maxItems),
    part(known.flatMap(newErrors), 'new in files that depend on it', maxItems),
    part(unknown.flatMap(errorsOf), 'in files that depend on it, perhaps from before', maxItems),
  ]
    .filter((text) => text !== '')
    .join('\n')
}

interface FileError {
  file: FileDiagnostics
  item: Diagnostic
}

function errorsOf(file: FileDiagnostics): FileError[] {
  return file.items.filter((item) => item.severity === 'error').map((item) => ({ file, item }))
}

function newErrors(file: FileDiagnostics): FileError[] {
  const before = new Set(file.before?.map(keyOf))
  return errorsOf(file).filter(({ item }) => !before.has(keyOf(item)))
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
