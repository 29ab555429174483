/**
 * What a server says about a file, by the way that it offers: pushed, asked for, or asked of tsserver itself. The answer
 * is of the file as it lies on disk now.
 */
import { pathToFileURL } from 'node:url'
import type {
  DocumentDiagnosticReport,
  Diagnostic as LspDiagnostic,
} from 'vscode-languageserver-protocol'
import { abortable, settledWithin } from '../../src/base/async.ts'
import { CodiError } from '../../src/base/errors.ts'
import { isJsonObject, type JsonValue } from '../../src/base/json.ts'
import type { LspClient } from './client.ts'
import { fromTsserver } from './convert.ts'

export interface Diagnosis {
  items: LspDiagnostic[]
  /** False when the time was over first: then `items` is what is known. */
  complete: boolean
}

/** Absent from old versions of typescript-language-server, which then are heard like any other. */
const tsserverCommand = 'typescript.tsserverRequest'

const unchangedWaitMs = 2000

/** Shows the file as it is on disk to the server and waits for its word, until the signal fires. */
export async function diagnose(
  client: LspClient,
  file: { path: string; languageId: string },
  signal: AbortSignal,
): Promise<Diagnosis> {
  const { published } = client
  const { path } = file
  const uri = pathToFileURL(path).href
  try {
    if (asksTsserver(client)) {
      await client.documents.open(path, file.languageId)
      return await askTsserver(client, uri, signal)
    }
    if (client.pulls) {
      await client.documents.open(path, file.languageId)
      return await pull(client, path, signal)
    }
    const since = published.now()
    const stood = published.said(path)
    const { version, epoch } = await client.documents.show(
      path,
      file.languageId,
      published.versioned(),
    )
    const waiting = waitForPush(client, path, { version, since }, signal)
    if (stood?.epoch === epoch && !(await settledWithin(waiting, unchangedWaitMs))) {
      // Some servers say nothing about what they know: what they said of these texts stands, once they rest.
      waiting.catch(() => {})
      await abortable(published.idle(signal), signal)
      return { items: stood.items, complete: true }
    }
    const diagnosis = await waiting
    if (diagnosis.complete) published.keepSaid(path, { items: diagnosis.items, epoch })
    return diagnosis
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    return { items: published.items(path), complete: false }
  }
}

async function waitForPush(
  client: LspClient,
  path: string,
  wanted: { version: number; since: number },
  signal: AbortSignal,
): Promise<Diagnosis> {
  const waiting = new AbortController()
  const either = AbortSignal.any([signal, waiting.signal])
  const pushed = client.published.wait(path, wanted, either)
  // A server may say only now that it wants to be asked.
  const pullable = client.pullable.then(() => 'pull' as const)
  const gone = client.ended.then((why) => Promise.reject(new CodiError('worker', why)))
  try {
    const complete = await Promise.race([pushed, pullable, gone])
    if (complete === 'pull') return await pull(client, path, signal)
    return { items: client.published.items(path), complete }
  } finally {
    waiting.abort()
  }
}

async function pull(client: LspClient, path: string, signal: AbortSignal): Promise<Diagnosis> {
  const { published } = client
  await abortable(published.idle(signal), signal)
  const before = published.pulled(path)
  const report = await client.request<DocumentDiagnosticReport>(
    'textDocument/diagnostic',
    {
      textDocument: { uri: pathToFileURL(path).href },
      ...(before?.resultId === undefined ? {} : { previousResultId: before.resultId }),
    },
    signal,
  )
  const items = report.kind === 'full' ? report.items : (before?.items ?? [])
  published.keepPulled(path, { items, resultId: report.resultId })
  return { items: unique([...items, ...published.items(path)]), complete: true }
}

function asksTsserver({ row, capabilities }: LspClient): boolean {
  const commands = capabilities.executeCommandProvider?.commands ?? []
  return row.ask === 'tsserver' && commands.includes(tsserverCommand)
}

/** Pushes of typescript-language-server come in parts that nothing tells apart; tsserver itself answers for good. */
async function askTsserver(
  client: LspClient,
  uri: string,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const items: LspDiagnostic[] = []
  for (const request of ['syntacticDiagnosticsSync', 'semanticDiagnosticsSync']) {
    const answer = await client.request<JsonValue>(
      'workspace/executeCommand',
      { command: tsserverCommand, arguments: [request, { file: uri }] },
      signal,
    )
    const body = isJsonObject(answer) ? answer.body : undefined
    if (!Array.isArray(body)) throw new CodiError('worker', `tsserver refused ${request}`)
    items.push(...body.flatMap(fromTsserver))
  }
  return { items, complete: true }
}

function unique(items: LspDiagnostic[]): LspDiagnostic[] {
  const seen = new Map(items.map((item) => [JSON.stringify([item.range, item.message]), item]))
  return [...seen.values()]
}
