/**
 * What stands at a path, or stood there by a capture, as a state whose content is kept in the object store where the
 * limits allow it.
 */
import { join } from 'node:path'
import { lookGit } from '../base/look-git.ts'
import type { FileState } from '../contract/journal.ts'
import { type CapturedStart, isDescription } from './capture-log.ts'
import { lookAt, lookInto, maxContentBytes } from './file-state.ts'
import { blobSha, type Objects } from './objects.ts'
import type { JournalStore } from './store.ts'

const gone: FileState = { kind: 'other', why: 'its image is not there' }

export interface Keeper {
  /**
   * What is there now; its content is kept up to `maxBytes`, `durable`: so that a power cut does not take it. Rejects
   * where the store takes nothing.
   */
  now(path: string, options?: { maxBytes?: number; durable?: true }): Promise<FileState>
  /** What a command found when it began, by its capture. */
  captured(start: CapturedStart, directory: string): Promise<FileState>
}

export function openKeeper(parts: { objects: Objects; store: JournalStore; root: string }): Keeper {
  const { objects, store } = parts

  async function keep(bytes: Uint8Array, sha: string, durable = false): Promise<void> {
    store.addObject(sha, await objects.put(sha, bytes, { durable }))
  }

  async function now(
    path: string,
    { maxBytes = maxContentBytes, durable = false }: { maxBytes?: number; durable?: boolean } = {},
  ): Promise<FileState> {
    const { state, bytes } = lookAt(path, maxBytes)
    if (state.kind !== 'file' || !bytes) return state
    await keep(bytes, state.sha, durable)
    return { ...state, kept: true }
  }

  async function captured({ before, path }: CapturedStart, directory: string): Promise<FileState> {
    switch (before.was) {
      case 'absent':
        return { kind: 'absent' }
      case 'link':
        return before.target === undefined
          ? { kind: 'other', why: 'its target is no UTF-8' }
          : { kind: 'link', target: before.target }
      case 'directory':
        return { kind: 'directory', mode: before.mode }
      case 'other':
        return { kind: 'other', why: before.why }
      case 'moved':
        return { kind: 'other', why: `${path} was moved` }
      case 'now':
        return now(before.path)
      case 'file': {
        if (isDescription(before)) {
          const state = await now(path)
          return state.kind === 'file' ? { ...state, mode: before.mode } : gone
        }
        const content =
          before.image === undefined
            ? await blobOfGit(before.blob)
            : lookInto(join(directory, before.image)).bytes
        if (!content) {
          return before.lost === undefined ? gone : { kind: 'other', why: before.lost }
        }
        if (content.length !== before.bytes)
          return { kind: 'other', why: 'its image is not what it was' }
        const sha = blobSha(content)
        await keep(content, sha)
        return { kind: 'file', sha, bytes: content.length, mode: before.mode, kept: true }
      }
    }
  }

  async function blobOfGit(sha: string | undefined): Promise<Uint8Array | undefined> {
    if (sha === undefined) return undefined
    const known = await objects.get(sha)
    if (known) return known
    const { exitCode, stdout, truncated } = await lookGit(['cat-file', 'blob', sha], {
      cwd: parts.root,
      encoding: 'latin1',
      maxBytes: maxContentBytes,
    })
    return exitCode === 0 && !truncated ? new Uint8Array(Buffer.from(stdout, 'latin1')) : undefined
  }

  return { now, captured }
}
