/** The files that a server was shown, and that what it was shown is what lies on disk. */
import { pathToFileURL } from 'node:url'
import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { TextDocumentSyncKind, TextDocumentSyncOptions } from 'vscode-languageserver-protocol'
import { readSource, type SourceFile, stampOf } from './source.ts'
import { textChange } from './text-change.ts'
import type { WatchedGlobs } from './watched.ts'

export interface Documents {
  /**
   * Opens the file or tells its changes, also those of other open files; answers the version that the server has now.
   * Even an unchanged file is shown again, so that the server speaks about it: with `reopen` by closing it first.
   */
  show(path: string, languageId: string, reopen: boolean): Promise<Shown>
  /** The same, but an unchanged file is left alone. */
  open(path: string, languageId: string): Promise<Shown>
  /**
   * Files changed by other hands (undefined: any, too many to name): open ones are told anew, and the server hears of
   * those that it watches.
   */
  changed(paths: readonly string[] | undefined): Promise<void>
  /** The version that the server has of it; undefined where it is not open. */
  version(path: string): number | undefined
}

export interface Shown {
  version: number
  /** Grows with each change of any open file: the same number means the same texts. */
  epoch: number
}

interface Open {
  languageId: string
  version: number
  stamp: string
  /** As the server has it, so that a change can be told as one range; undefined where it is sent whole. */
  text: string | undefined
}

/** More are closed, the one shown longest ago first. */
const maxOpen = 100
const maxKeptChars = 256 * 1024
const fileCreated = 1
const fileChanged = 2
const fileDeleted = 3
const incrementalSync = 2
/** File systems stamp by a clock that may lie a tick behind; who hears of a creation twice loses nothing. */
const clockTickMs = 10

export interface DocumentsOptions {
  sync: TextDocumentSyncOptions | TextDocumentSyncKind | undefined
  watched: WatchedGlobs
}

export function createDocuments(
  connection: MessageConnection,
  { sync, watched }: DocumentsOptions,
): Documents {
  const open = new Map<string, Open>()
  const versions = new Map<string, number>()
  /** Files that were there when the server was told of them. */
  const seen = new Set<string>()
  const startedAt = Date.now()
  let epoch = 0
  const save = typeof sync === 'object' ? sync.save : undefined
  const incremental = (typeof sync === 'object' ? sync.change : sync) === incrementalSync

  function send(method: string, params: object): void {
    // The end of the connection is told elsewhere.
    connection.sendNotification(method, params).catch(() => {})
  }

  function tell(method: string, path: string, more: object = {}, document: object = {}): void {
    send(method, { textDocument: { uri: pathToFileURL(path).href, ...document }, ...more })
  }

  function nextVersion(path: string): number {
    const version = (versions.get(path) ?? 0) + 1
    versions.set(path, version)
    return version
  }

  function keep(path: string, languageId: string, version: number, source: SourceFile): number {
    const text = incremental && source.text.length <= maxKeptChars ? source.text : undefined
    // Last in the order of showing.
    open.delete(path)
    open.set(path, { languageId, version, stamp: source.stamp, text })
    seen.add(path)
    return version
  }

  function didOpen(path: string, languageId: string, source: SourceFile): number {
    const version = nextVersion(path)
    tell('textDocument/didOpen', path, {}, { languageId, version, text: source.text })
    keep(path, languageId, version, source)
    for (const [oldest] of open) {
      if (open.size <= maxOpen) break
      close(oldest)
    }
    return version
  }

  function close(path: string): void {
    open.delete(path)
    tell('textDocument/didClose', path)
  }

  function didChange(path: string, document: Open, source: SourceFile): number {
    const version = nextVersion(path)
    const change =
      document.text === undefined ? { text: source.text } : textChange(document.text, source.text)
    tell('textDocument/didChange', path, { contentChanges: [change] }, { version })
    if (save) {
      const withText = typeof save === 'object' && save.includeText === true
      tell('textDocument/didSave', path, withText ? { text: source.text } : {})
    }
    return keep(path, document.languageId, version, source)
  }

  function tellWatchers(path: string, type: 1 | 2 | 3): void {
    if (!watched.wants(path, type)) return
    const changes = [{ uri: pathToFileURL(path).href, type }]
    send('workspace/didChangeWatchedFiles', { changes })
  }

  /** Other files count too: an edit there may be what makes this one wrong. */
  async function syncOthers(shown: string): Promise<void> {
    for (const [path, document] of [...open]) {
      if (path === shown) continue
      const stamp = await stampOf(path)
      if (stamp?.text === document.stamp) continue
      await follow(path, document, stamp !== undefined)
    }
  }

  async function follow(path: string, document: Open, exists: boolean): Promise<void> {
    const source = exists ? await readSource(path).catch(() => undefined) : undefined
    epoch++
    tellWatchers(path, source ? fileChanged : fileDeleted)
    if (open.get(path) !== document) return
    if (source) didChange(path, document, source)
    else close(path)
  }

  async function bring(
    path: string,
    languageId: string,
    unchanged: (document: Open, source: SourceFile) => number,
  ): Promise<Shown> {
    await syncOthers(path)
    const source = await readSource(path)
    const document = open.get(path)
    if (document?.stamp === source.stamp) return { version: unchanged(document, source), epoch }
    epoch++
    if (!document) return { version: didOpen(path, languageId, source), epoch }
    tellWatchers(path, fileChanged)
    return { version: didChange(path, document, source), epoch }
  }

  return {
    show: (path, languageId, reopen) =>
      bring(path, languageId, (document, source) => {
        // Told whole: a change of nothing may be passed over.
        if (!reopen) return didChange(path, { ...document, text: undefined }, source)
        close(path)
        return didOpen(path, languageId, source)
      }),
    open: (path, languageId) =>
      bring(path, languageId, (document, source) =>
        keep(path, languageId, document.version, source),
      ),
    async changed(paths) {
      for (const path of paths ?? seen) {
        const stamp = await stampOf(path)
        const document = open.get(path)
        if (document) {
          if (stamp?.text !== document.stamp) await follow(path, document, stamp !== undefined)
          continue
        }
        if (!stamp) {
          seen.delete(path)
          tellWatchers(path, fileDeleted)
          continue
        }
        const isNew = !seen.has(path) && stamp.bornMs >= startedAt - clockTickMs
        seen.add(path)
        tellWatchers(path, isNew ? fileCreated : fileChanged)
      }
    },
    version: (path) => open.get(path)?.version,
  }
}
