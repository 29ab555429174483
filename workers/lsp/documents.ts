/** The files that a server was shown, and that what it was shown is what lies on disk. */
import { pathToFileURL } from 'node:url'
import type { MessageConnection } from 'vscode-jsonrpc/node'
import type { TextDocumentSyncKind, TextDocumentSyncOptions } from 'vscode-languageserver-protocol'
import { readSource, type SourceFile, stampOf } from './source.ts'

export interface Documents {
  /**
   * Opens the file or tells its changes, also those of other open files; answers the version that the server has now.
   * Even an unchanged file is shown again, so that the server speaks about it: with `reopen` by closing it first.
   */
  show(path: string, languageId: string, reopen: boolean): Promise<number>
}

interface Open {
  languageId: string
  version: number
  stamp: string
}

/** More are closed, the one shown longest ago first. */
const maxOpen = 100
const fileChanged = 2
const fileDeleted = 3

export function createDocuments(
  connection: MessageConnection,
  sync: TextDocumentSyncOptions | TextDocumentSyncKind | undefined,
): Documents {
  const open = new Map<string, Open>()
  const versions = new Map<string, number>()
  const save = typeof sync === 'object' ? sync.save : undefined

  function tell(method: string, path: string, more: object = {}, document: object = {}): void {
    const textDocument = { uri: pathToFileURL(path).href, ...document }
    // The end of the connection is told elsewhere.
    connection.sendNotification(method, { textDocument, ...more }).catch(() => {})
  }

  function nextVersion(path: string): number {
    const version = (versions.get(path) ?? 0) + 1
    versions.set(path, version)
    return version
  }

  function didOpen(path: string, languageId: string, { text, stamp }: SourceFile): number {
    const version = nextVersion(path)
    tell('textDocument/didOpen', path, {}, { languageId, version, text })
    open.set(path, { languageId, version, stamp })
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

  function didChange(path: string, { languageId }: Open, { text, stamp }: SourceFile): number {
    const version = nextVersion(path)
    tell('textDocument/didChange', path, { contentChanges: [{ text }] }, { version })
    if (save) {
      const withText = typeof save === 'object' && save.includeText === true
      tell('textDocument/didSave', path, withText ? { text } : {})
    }
    // Last in the order of showing.
    open.delete(path)
    open.set(path, { languageId, version, stamp })
    return version
  }

  function watched(path: string, type: number): void {
    const changes = [{ uri: pathToFileURL(path).href, type }]
    connection.sendNotification('workspace/didChangeWatchedFiles', { changes }).catch(() => {})
  }

  /** Other files count too: an edit there may be what makes this one wrong. */
  async function syncOthers(shown: string): Promise<void> {
    for (const [path, document] of [...open]) {
      if (path === shown) continue
      const stamp = await stampOf(path)
      if (stamp === document.stamp) continue
      const source = stamp === undefined ? undefined : await readSource(path).catch(() => undefined)
      watched(path, source ? fileChanged : fileDeleted)
      if (source) didChange(path, document, source)
      else close(path)
    }
  }

  return {
    async show(path, languageId, reopen) {
      const source = await readSource(path)
      await syncOthers(path)
      const document = open.get(path)
      if (!document) return didOpen(path, languageId, source)
      if (document.stamp !== source.stamp) {
        watched(path, fileChanged)
        return didChange(path, document, source)
      }
      if (!reopen) return didChange(path, document, source)
      close(path)
      return didOpen(path, languageId, source)
    },
  }
}
