/**
 * One running language server: its handshake, what it can do, its open files, and requests to it that end with their
 * signal. Whoever waits is told when the server dies.
 */
import { pathToFileURL } from 'node:url'
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'
import type { InitializeResult, ServerCapabilities } from 'vscode-languageserver-protocol'
import { abortable, delay, settledWithin } from '../../src/base/async.ts'
import { CodiError } from '../../src/base/errors.ts'
import type { Enclosure } from '../../src/contract/enclosure.ts'
import type { ProcessGroups } from '../../src/rpc/serve.ts'
import { answerServer } from './answers.ts'
import { initializeParams } from './capabilities.ts'
import { createDocuments, type Documents } from './documents.ts'
import { createMessageReader } from './message-reader.ts'
import { type ServerProcess, startProcess } from './process.ts'
import { createPublished, type Published } from './published.ts'
import type { ServerRow } from './servers.ts'
import { createWatchedGlobs } from './watched.ts'

export interface ServerLaunch {
  row: ServerRow
  argv: string[]
  root: string
  groups: ProcessGroups
  enclosure?: Enclosure | undefined
  /** Ends it while it is starting. */
  signal: AbortSignal
}

const defaultSettleMs = 200
const initializeLimitMs = 60_000
const projectRead = 'project read'
const projectReadLimitMs = 30_000
const shutdownLimitMs = 1000
const exitLimitMs = 500
/** The question was overtaken by a change: it is asked again, with growing pauses. */
const overtaken: ReadonlySet<unknown> = new Set([-32801, -32802])
const firstRetryMs = 20
const maxRetryMs = 500

export class LspClient {
  readonly row: ServerRow
  readonly published: Published
  readonly #server: ServerProcess
  readonly #connection: MessageConnection
  readonly #watched: ReturnType<typeof createWatchedGlobs>
  readonly #partial = new Map<unknown, (part: unknown) => void>()
  readonly #pullable = Promise.withResolvers<void>()
  #documents: Documents | undefined
  #capabilities: ServerCapabilities = {}
  #pulls = false
  #endReason: string | undefined

  /** Rejects with what the server said when it cannot be started. */
  static async start(launch: ServerLaunch): Promise<LspClient> {
    const client = new LspClient(launch)
    const { signal } = launch
    const onAbort = () => client.#server.kill('it was stopped while it was starting')
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    const ready = client
      .#initialize(pathToFileURL(launch.root).href, launch.enclosure !== undefined)
      .catch((thrown) => client.#rethrow(thrown))
    try {
      if (await settledWithin(ready, initializeLimitMs)) await ready
      else throw new CodiError('limit', `it did not answer in ${initializeLimitMs / 1000} s`)
      return client
    } catch (thrown) {
      client.#server.kill()
      throw thrown
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  private constructor({ row, argv, root, groups, enclosure }: ServerLaunch) {
    this.row = row
    this.#server = startProcess(argv, { cwd: root, groups, enclosure })
    this.#watched = createWatchedGlobs(root)
    this.published = createPublished(row.settleMs ?? defaultSettleMs)
    this.#connection = createMessageConnection(
      // Nobody could tell what comes after a broken message: the server is started anew.
      createMessageReader(this.#server.stdout, (reason) => this.#server.kill(reason)),
      new StreamMessageWriter(this.#server.stdin),
    )
    answerServer(this.#connection, {
      rootUri: pathToFileURL(root).href,
      settings: row.settings ?? {},
      published: this.published,
      onRegistration: ({ id, method, registerOptions }) => {
        if (method === 'textDocument/diagnostic') this.#allowPull()
        if (method === 'workspace/didChangeWatchedFiles')
          this.#watched.register(id, registerOptions)
      },
      onPartialResult: (token, part) => this.#partial.get(token)?.(part),
      onUnregistration: (id) => this.#watched.unregister(id),
      onLogMessage: (text) => {
        if (row.readMessage?.test(text)) this.published.progress(projectRead, false)
      },
    })
    // What cannot be written is told by the end of the process.
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

  get pid(): number | undefined {
    return this.#server.pid
  }

  get capabilities(): ServerCapabilities {
    return this.#capabilities
  }

  /** Whether it answers `textDocument/diagnostic`; `pullable` resolves when it says so later. */
  get pulls(): boolean {
    return this.#pulls
  }

  get pullable(): Promise<void> {
    return this.#pullable.promise
  }

  get documents(): Documents {
    if (!this.#documents) throw new CodiError('internal', 'The language server is not ready')
    return this.#documents
  }

  async #initialize(rootUri: string, isEnclosed: boolean): Promise<void> {
    const { capabilities } = await this.#connection.sendRequest<InitializeResult>(
      'initialize',
      initializeParams(rootUri, this.row.initialization, isEnclosed),
    )
    const encoding = capabilities.positionEncoding ?? 'utf-16'
    if (encoding !== 'utf-16')
      throw new CodiError(
        'unsupported',
        `it counts columns in ${encoding}, which nobody offered it`,
      )
    this.#capabilities = capabilities
    if (capabilities.diagnosticProvider) this.#allowPull()
    this.#documents = createDocuments(this.#connection, {
      sync: capabilities.textDocumentSync,
      watched: this.#watched,
    })
    this.#awaitProject()
    await this.#connection.sendNotification('initialized', {})
    await this.#connection.sendNotification('workspace/didChangeConfiguration', {
      settings: this.row.settings ?? {},
    })
  }

  /** Counts as work until the server says that it has read the project; another version of it may say so otherwise. */
  #awaitProject(): void {
    if (!this.row.readMessage) return
    this.published.progress(projectRead, true)
    const limit = setTimeout(() => this.published.progress(projectRead, false), projectReadLimitMs)
    void this.ended.then(() => clearTimeout(limit))
  }

  #allowPull(): void {
    this.#pulls = true
    this.#pullable.resolve()
  }

  /** Parts of an answer that come before it, under the token of the question; answers how to stop listening. */
  onPartialResult(token: string, take: (part: unknown) => void): () => void {
    this.#partial.set(token, take)
    return () => void this.#partial.delete(token)
  }

  /**
   * Its answer. Asks again while the server says that a change overtook it; tells it to stop when the signal fires, and
   * rejects with `cancelled` then. When it dies meanwhile, rejects with its last words.
   */
  async request<T>(method: string, params: object, signal: AbortSignal): Promise<T> {
    for (let pauseMs = firstRetryMs; ; pauseMs = Math.min(pauseMs * 2, maxRetryMs)) {
      try {
        return await this.#requestOnce<T>(method, params, signal)
      } catch (thrown) {
        const retry = thrown instanceof Error && 'code' in thrown && overtaken.has(thrown.code)
        if (signal.aborted) throw thrown
        if (!retry) return await this.#rethrow(thrown)
        await delay(pauseMs, signal)
      }
    }
  }

  async #requestOnce<T>(method: string, params: object, signal: AbortSignal): Promise<T> {
    const cancel = new CancellationTokenSource()
    const onAbort = () => cancel.cancel()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const asked = this.#connection.sendRequest<T>(method, params, cancel.token)
      return await abortable(asked, signal)
    } finally {
      signal.removeEventListener('abort', onAbort)
      cancel.dispose()
    }
  }

  /** A request that failed because the server died says so, with the server's last words. */
  async #rethrow(thrown: unknown): Promise<never> {
    // An answer that is an error came from a server that lives.
    const answered = thrown instanceof Error && 'code' in thrown && Number(thrown.code) < -32000
    if (!answered && !(thrown instanceof CodiError)) await settledWithin(this.ended, exitLimitMs)
    throw this.#endReason === undefined ? thrown : new CodiError('worker', this.#endReason)
  }

  /** In order, and by force where order takes too long. `reason`: what whoever waits is told. */
  async stop(reason?: string): Promise<void> {
    const orderly = this.#connection
      .sendRequest('shutdown')
      .then(() => this.#connection.sendNotification('exit'))
    if (await settledWithin(orderly, shutdownLimitMs)) await settledWithin(this.ended, exitLimitMs)
    this.#server.kill(reason)
    await settledWithin(this.ended, exitLimitMs)
  }
}
