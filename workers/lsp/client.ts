/**
 * One running language server: its handshake, its open files and their versions, and the question what it says about a
 * file. Whoever waits is told when the server dies.
 */
import { pathToFileURL } from 'node:url'
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'
import type {
  DocumentDiagnosticReport,
  InitializeResult,
  Diagnostic as LspDiagnostic,
} from 'vscode-languageserver-protocol'
import { abortable, settledWithin } from '../../src/base/async.ts'
import { CodiError } from '../../src/base/errors.ts'
import { isJsonObject, type JsonValue } from '../../src/base/json.ts'
import type { Diagnostic } from '../../src/contract/lsp-service.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { answerServer } from './answers.ts'
import { initializeParams } from './capabilities.ts'
import { fromLsp, fromTsserver } from './convert.ts'
import { createDocuments, type Documents } from './documents.ts'
import { type ServerProcess, startProcess } from './process.ts'
import { createPublished, type Published } from './published.ts'
import type { ServerRow } from './servers.ts'

export interface ServerLaunch {
  row: ServerRow
  argv: string[]
  root: string
  groups: ProcessGroups
}

export interface Answer {
  items: Diagnostic[]
  /** False when the time was over first: then `items` is what is known. */
  complete: boolean
}

const defaultSettleMs = 200
const initializeLimitMs = 60_000
const shutdownLimitMs = 1000
const exitLimitMs = 500
const serverCancelled = -32802
/** Absent from old versions of typescript-language-server, which then are heard like any other. */
const tsserverCommand = 'typescript.tsserverRequest'

export class LspClient {
  readonly #row: ServerRow
  readonly #server: ServerProcess
  readonly #connection: MessageConnection
  readonly #published: Published
  readonly #pullable = Promise.withResolvers<void>()
  #documents: Documents | undefined
  #pulls = false
  #asksTsserver = false
  #endReason: string | undefined

  /** Rejects with what the server said when it cannot be started. */
  static async start(launch: ServerLaunch): Promise<LspClient> {
    const client = new LspClient(launch)
    const ready = client
      .#initialize(pathToFileURL(launch.root).href)
      .catch((thrown) => client.#rethrow(thrown))
    if (await settledWithin(ready, initializeLimitMs)) await ready
    else {
      client.#server.kill()
      throw new CodiError('limit', `it did not answer in ${initializeLimitMs / 1000} s`)
    }
    return client
  }

  private constructor({ row, argv, root, groups }: ServerLaunch) {
    this.#row = row
    this.#server = startProcess(argv, root, groups)
    this.#published = createPublished(row.settleMs ?? defaultSettleMs)
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#server.stdout),
      new StreamMessageWriter(this.#server.stdin),
    )
    answerServer(this.#connection, {
      rootUri: pathToFileURL(root).href,
      settings: row.settings ?? {},
      published: this.#published,
      onRegistration: (method) => {
        if (method === 'textDocument/diagnostic') this.#allowPull()
      },
    })
    // What cannot be read or written is told by the end of the process.
    this.#connection.onError(() => {})
    this.#connection.listen()
    void this.ended.then((why) => {
      this.#endReason = why
      this.#connection.dispose()
    })
  }

  /** Resolves with the reason when the server is gone. */
  get ended(): Promise<string> {
    return this.#server.ended
  }

  async #initialize(rootUri: string): Promise<void> {
    const { capabilities } = await this.#connection.sendRequest<InitializeResult>(
      'initialize',
      initializeParams(rootUri, this.#row.initialization),
    )
    if (capabilities.diagnosticProvider) this.#allowPull()
    const commands = capabilities.executeCommandProvider?.commands ?? []
    this.#asksTsserver = this.#row.ask === 'tsserver' && commands.includes(tsserverCommand)
    this.#documents = createDocuments(this.#connection, capabilities.textDocumentSync)
    await this.#connection.sendNotification('initialized', {})
    await this.#connection.sendNotification('workspace/didChangeConfiguration', {
      settings: this.#row.settings ?? {},
    })
  }

  #allowPull(): void {
    this.#pulls = true
    this.#pullable.resolve()
  }

  /** Shows the file as it is on disk to the server and waits for its word, until the signal fires. */
  async diagnose(path: string, languageId: string, signal: AbortSignal): Promise<Answer> {
    if (!this.#documents) throw new CodiError('internal', 'The language server is not ready')
    const since = this.#published.now()
    const version = await this.#documents.show(path, languageId, this.#published.versioned())
    const uri = pathToFileURL(path).href
    try {
      if (this.#asksTsserver) return await this.#askTsserver(uri, signal)
      if (this.#pulls) return await this.#pull(path, uri, signal)
      return await this.#waitForPush(path, uri, { version, since }, signal)
    } catch (thrown) {
      if (!signal.aborted) return await this.#rethrow(thrown)
      return { items: this.#published.items(path).map(fromLsp), complete: false }
    }
  }

  async #waitForPush(
    path: string,
    uri: string,
    wanted: { version: number; since: number },
    signal: AbortSignal,
  ): Promise<Answer> {
    const waiting = new AbortController()
    const either = AbortSignal.any([signal, waiting.signal])
    const pushed = this.#published.wait(path, wanted, either)
    // A server may say only now that it wants to be asked.
    const pullable = this.#pullable.promise.then(() => 'pull' as const)
    const gone = this.ended.then((why) => Promise.reject(new CodiError('worker', why)))
    try {
      const complete = await Promise.race([pushed, pullable, gone])
      if (complete === 'pull') return await this.#pull(path, uri, signal)
      return { items: this.#published.items(path).map(fromLsp), complete }
    } finally {
      waiting.abort()
    }
  }

  async #pull(path: string, uri: string, signal: AbortSignal): Promise<Answer> {
    await abortable(this.#published.idle(signal), signal)
    const report = await this.#request<DocumentDiagnosticReport>(
      'textDocument/diagnostic',
      { textDocument: { uri } },
      signal,
    )
    const pulled = report.kind === 'full' ? report.items : []
    return {
      items: unique([...pulled, ...this.#published.items(path)]).map(fromLsp),
      complete: true,
    }
  }

  /** Pushes of typescript-language-server come in parts that nothing tells apart; tsserver itself answers for good. */
  async #askTsserver(uri: string, signal: AbortSignal): Promise<Answer> {
    const items: Diagnostic[] = []
    for (const request of ['syntacticDiagnosticsSync', 'semanticDiagnosticsSync']) {
      const answer = await this.#request<JsonValue>(
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

  /** Asks again while the server says that its answer was overtaken. */
  async #request<T>(method: string, params: unknown, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await abortable(this.#connection.sendRequest<T>(method, params), signal)
      } catch (thrown) {
        const retry = thrown instanceof Error && 'code' in thrown && thrown.code === serverCancelled
        if (!retry || signal.aborted) throw thrown
      }
    }
  }

  /** A request that failed because the server died says so, with the server's last words. */
  async #rethrow(thrown: unknown): Promise<never> {
    await settledWithin(this.ended, exitLimitMs)
    throw this.#endReason === undefined ? thrown : new CodiError('worker', this.#endReason)
  }

  /** In order, and by force where order takes too long. */
  async stop(): Promise<void> {
    const orderly = this.#connection
      .sendRequest('shutdown')
      .then(() => this.#connection.sendNotification('exit'))
    if (await settledWithin(orderly, shutdownLimitMs)) await settledWithin(this.ended, exitLimitMs)
    this.#server.kill()
    await settledWithin(this.ended, exitLimitMs)
  }
}

function unique(items: LspDiagnostic[]): LspDiagnostic[] {
  const seen = new Map(items.map((item) => [JSON.stringify([item.range, item.message]), item]))
  return [...seen.values()]
}
