/** The worker services as tools and front ends see them: each worker starts with its first use. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settledWithin } from '../base/async.ts'
import { errorMessage } from '../base/errors.ts'
import { holdsHome } from '../base/home.ts'
import { plural } from '../base/text.ts'
import type { AppEvent, EventBus } from '../contract/event.ts'
import type { Gate } from '../contract/permission.ts'
import type { WorkerEvent, WorkerOptions } from '../contract/services.ts'
import type { ToolServices } from '../contract/tool.ts'
import type { EmbeddingOptions } from '../contract/vector-service.ts'
import type { WebService } from '../contract/web-service.ts'
import { connectWorker, type WorkerConnection } from '../rpc/connect.ts'
import { ripgrepPath } from '../tools/search/ripgrep.ts'
import { openHostQuestions } from './host-questions.ts'
import { openShells, type Shells } from './shells.ts'
import { isWritable } from './writable.ts'

/** Of a small project the index takes a few megabytes, of a usual one some tens. */
const minRoomBytes = 32 * 1024 * 1024

/** Files after whose indexing a worker is started anew. */
const manyFiles = 500
/** How long background shells may take to end before their worker is ended with them. */
const shellsEndMs = 1500

export interface ServicesOptions {
  root: string
  cacheDirectory: string
  env: Record<string, string | undefined>
  bus: EventBus
  /** Which embedder; asked when the vectors worker starts. */
  embedding: () => EmbeddingOptions | undefined
  sandbox: WorkerOptions['sandbox']
  web: WebService
  /** A host has embedded texts: what it took. */
  embedded(event: Extract<WorkerEvent, { type: 'embedded' }>): void
  /** Decides about hosts that commands want to reach. */
  gate(): Gate
}

export interface OpenServices {
  services: ToolServices
  shells: Shells
  /** Indexes in the background and watches the files; what goes wrong is told as a notice. */
  follow(): void
  /** What is known of the code at this moment, in a few words; starts nothing. */
  indexState(): Promise<string>
  close(): Promise<void>
}

export function openServices(options: ServicesOptions): OpenServices {
  const { root, cacheDirectory, env } = options
  const onEvent = (event: WorkerEvent) => {
    if (event.type === 'files_changed') tellServers(event.paths)
    if (event.type === 'progress' && event.what === 'index') read = event
    if (event.type === 'embedded') options.embedded(event)
    if (event.type === 'shell_ended') shells.ended(event.state)
    hosts.onEvent(event)
    const told = toAppEvent(event)
    if (told) options.bus.emit(told)
  }
  const cache = once(() => {
    if (!isWritable(cacheDirectory)) return temporaryFor(cacheDirectory)
    if (hasRoom(cacheDirectory) || !hasRoom(tmpdir())) return cacheDirectory
    return temporaryFor(cacheDirectory, 'has no room left')
  })
  const ripgrepOnce = once(() => ripgrepPath({ cacheDirectory: cache(), env }))
  const place = once(() => {
    let directory = indexDirectory(cache(), root)
    if (!isWritable(directory)) directory = indexDirectory(temporaryFor(directory), root)
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return { directory, database: join(directory, 'index.db') }
  })
  const opened: { close(): Promise<void> }[] = []
  let temporary: string | undefined
  let follow = false
  let followed: 'begins' | 'stands' | { failure: string } = 'begins'
  let read = { done: 0, total: 0 }
  let asksServers = false
  let embedsByHost = false
  const background = new AbortController()

  function temporaryFor(unwritable: string, why = 'cannot be written'): string {
    temporary ??= mkdtempSync(join(tmpdir(), 'codi-cache-'))
    const text = `${unwritable} ${why}: what is indexed now is not kept`
    options.bus.emit({ type: 'notice', level: 'warning', text })
    return temporary
  }

  function keep<C extends { close(): Promise<void> }>(connection: C): C {
    opened.push(connection)
    return connection
  }

  const sandbox = once(() =>
    keep(connectWorker('sandbox', options.sandbox, { onEvent, onLost: (why) => shells.lost(why) })),
  )
  const hosts = openHostQuestions({
    gate: options.gate,
    bus: options.bus,
    answer: (answer) => sandbox().service.answerHost(answer),
  })
  const shells = openShells(
    onFirstUse(() => sandbox().service),
    options.bus,
  )
  const lsp = once(async () => {
    asksServers = true
    const enclosure =
      options.sandbox.policy.mode === 'off' ? undefined : await sandbox().service.enclose({})
    const start = { root, ...(enclosure ? { enclosure } : {}) }
    return keep(connectWorker('lsp', start, { onEvent }))
  })
  const vectors = once(() => {
    const { directory, database: indexDatabase } = place()
    const embedding = options.embedding()
    embedsByHost = embedding !== undefined
    const start = { root, indexDatabase, directory, ...(embedding ? { embedding } : {}) }
    return keep(connectWorker('vectors', start, { onEvent }))
  })
  const index = once(async (): Promise<WorkerConnection<'indexer'>> => {
    const { database } = place()
    const found = await ripgrep()
    return keep(connectWorker('indexer', { root, database, ripgrep: found, follow }, { onEvent }))
  })

  /** Put back where somebody has emptied the cache since: a running codi goes on. */
  async function ripgrep(): Promise<string> {
    const known = await ripgrepOnce()
    return existsSync(known) ? known : await ripgrepPath({ cacheDirectory: cache(), env })
  }

  /** Language servers hear of changes by other hands, once somebody has asked one. */
  function tellServers(paths: string[] | undefined): void {
    if (!asksServers || background.signal.aborted) return
    // A server that is down has nothing open, and a worker that crashed says so to whoever asks it next.
    lsp()
      .then(({ service }) => service.changed(paths ? { paths } : {}))
      .catch(() => {})
  }

  async function followFiles(): Promise<void> {
    const { signal } = background
    try {
      const indexer = await index()
      const { parsed } = await indexer.service.update({}, signal)
      // Thousands of syntax trees leave behind a memory that only the end of their thread gives back.
      if (parsed > manyFiles) await indexer.rest()
      await indexer.service.watch({}, signal)
      followed = 'stands'
      await followSearch(signal)
    } catch (thrown) {
      if (signal.aborted) return
      const failure = `not indexed: ${errorMessage(thrown)}`
      if (followed === 'begins') followed = { failure }
      options.bus.emit({ type: 'notice', level: 'warning', text: `The code is ${failure}` })
    }
  }

  async function followSearch(signal: AbortSignal): Promise<void> {
    const { service, rest } = vectors()
    // A host embeds on in the background; the thread that searches is then this very one.
    await service.update({ background: !embedsByHost }, signal)
    if (embedsByHost) return
    await service.embed({}, signal)
    await rest()
  }

  async function indexState(): Promise<string> {
    if (!follow)
      return holdsHome(root, env.HOME)
        ? 'only when asked for: this is no project but a home directory'
        : 'only when asked for'
    if (typeof followed === 'object') return followed.failure
    if (followed === 'begins')
      return read.total > 0
        ? `reads the code: ${read.done} of ${plural(read.total, 'file')}`
        : 'begins'
    try {
      const { files, symbols, watching, watchNote } = await (await index()).service.status()
      const how = watching
        ? 'changes are followed'
        : `every question checks the files (${watchNote ?? 'unwatched'})`
      return `${plural(files, 'file')}, ${plural(symbols, 'symbol')}; ${how}`
    } catch (thrown) {
      return `out of order: ${errorMessage(thrown)}`
    }
  }

  return {
    follow() {
      if (follow || holdsHome(root, env.HOME)) return
      follow = true
      void followFiles()
    },
    indexState,
    shells,
    services: {
      ripgrep,
      web: options.web,
      sandbox: shells.service,
      lsp: onFirstUse(async () => (await lsp()).service),
      vectors: onFirstUse(() => vectors().service),
      index: onFirstUse(async () => {
        const { service } = await index()
        await ripgrep()
        return service
      }),
    },
    async close() {
      background.abort()
      hosts.close()
      await settledWithin(shells.endAll(), shellsEndMs)
      await Promise.all(opened.splice(0).map((connection) => connection.close()))
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
    },
  }
}

/** An index that fills the disk takes the room of the conversation, too. */
function hasRoom(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory)
    return bavail * bsize >= minRoomBytes
  } catch {
    return true
  }
}

/** One directory for each workspace, named so that a person can tell which. */
export function indexDirectory(cacheDirectory: string, root: string): string {
  const name =
    root
      .split('/')
      .at(-1)
      ?.replace(/[^\w.-]/g, '_') || 'root'
  return join(cacheDirectory, 'index', `${name}-${Bun.hash(root).toString(36)}`)
}

function toAppEvent(event: WorkerEvent): AppEvent | undefined {
  switch (event.type) {
    case 'command_output':
      return { type: 'call_output', id: event.id, text: event.text }
    case 'embedded':
    case 'files_changed':
    case 'host_question':
    case 'host_question_over':
    case 'shell_ended':
      return undefined
    case 'progress':
      return { type: 'progress', what: event.what, done: event.done, total: event.total }
    case 'notice':
      return { type: 'notice', level: event.level, text: event.text }
  }
}

/** A service whose worker starts with its first call. */
function onFirstUse<S extends object>(connect: () => S | Promise<S>): S {
  return new Proxy({} as S, {
    get: (_, method) => async (request: unknown, signal?: AbortSignal) => {
      const service = await connect()
      const call = service[method as keyof S] as (
        request: unknown,
        signal?: AbortSignal,
      ) => Promise<unknown>
      return call(request, signal)
    },
  })
}

/** The value of the first call; a promise that failed is made again by the next. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    if (made) return made.value
    const value = make()
    made = { value }
    if (value instanceof Promise) {
      value.catch(() => {
        made = undefined
      })
    }
    return value
  }
}
