/**
 * The kernel's queue of file events, by inotify(7). Bun's own fs.watch cannot serve here: it tells its events when it
 * gets to it, and an answer needs the proof that nothing is still on its way. The kernel puts an event into this queue
 * before the call that changed the file returns; a mark put in behind it comes out behind it. Linux only.
 */
import { dlopen, FFIType, ptr, read } from 'bun:ffi'
import { closeSync } from 'node:fs'
import { openLibc } from '../../src/base/libc.ts'

export interface Inotify {
  /** Watches a directory itself, not what is below it. */
  add(path: string): { watch: number } | { error: InotifyError }
  remove(watch: number): void
  /** Resolves when every event that was queued before the call has been told; false: some were lost. */
  drained(): Promise<boolean>
  close(): void
}

/** `full`: no more watches for this user; `gone`: no such directory, or it may not be read. */
export type InotifyError = 'full' | 'gone'

export interface InotifyEvent {
  watch: number
  mask: number
  /** Of the entry in the directory; empty for the directory itself. */
  name: string
}

export const inMovedFrom = 0x40
export const inDeleteSelf = 0x400
export const inMoveSelf = 0x800
export const inIgnored = 0x8000
export const inIsDirectory = 0x4000_0000
const inOverflow = 0x4000
const inOpen = 0x20
// modify, attributes, close after writing, moved from and to, create, delete, the directory itself deleted or moved
const changes = 0x2 | 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800
const onlyDirectory = 0x0100_0000
const dontFollow = 0x0200_0000
const exclUnlink = 0x0400_0000
const nonBlocking = 0o4000
const closeOnExec = 0o2000000
const noSpace = 28
const noMemory = 12
const headerBytes = 16
/** A directory that no project holds; a watch on it that is removed at once is the mark in the queue. */
const markDirectory = '/proc'

/**
 * `onEvents` gets undefined when events were lost; `onEnd` hears that no more will come. Answers undefined with the
 * reason where the system gives no queue.
 */
export function openInotify(
  onEvents: (events: InotifyEvent[] | undefined) => void,
  onEnd: () => void,
): Inotify | { reason: string } {
  if (process.platform !== 'linux') return { reason: `there is no inotify on ${process.platform}` }
  const library = openLibc(bind)
  if (!library) return { reason: 'the C library could not be opened' }
  const { symbols } = library
  const fd = symbols.inotify_init1(nonBlocking | closeOnExec)
  if (fd < 0)
    return { reason: 'this user has no inotify instance left (fs.inotify.max_user_instances)' }
  const marks = new Map<number, (whole: boolean) => void>()
  const reader = Bun.file(fd).stream().getReader()
  let closed = false

  function give(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let events: InotifyEvent[] = []
    for (let at = 0; at + headerBytes <= bytes.length; ) {
      const watch = view.getInt32(at, true)
      const mask = view.getUint32(at + 4, true)
      const length = view.getUint32(at + 12, true)
      const mark = (mask & inIgnored) === 0 ? undefined : marks.get(watch)
      if ((mask & inOverflow) !== 0) {
        onEvents(undefined)
        events = []
        passMarks(false)
      } else if (mark) {
        if (events.length > 0) onEvents(events)
        events = []
        marks.delete(watch)
        mark(true)
      } else events.push({ watch, mask, name: nameAt(bytes, at + headerBytes, length) })
      at += headerBytes + length
    }
    if (events.length > 0) onEvents(events)
  }

  function passMarks(whole: boolean): void {
    const waiting = [...marks.values()]
    marks.clear()
    for (const pass of waiting) pass(whole)
  }

  async function readAll(): Promise<void> {
    try {
      while (!closed) {
        const { value, done } = await reader.read()
        if (done) break
        give(value)
      }
    } catch {
      // A queue that cannot be read is at its end; `onEnd` says so.
    }
    passMarks(false)
    if (!closed) onEnd()
  }
  void readAll()

  const addWatch = (path: string, mask: number) =>
    symbols.inotify_add_watch(fd, ptr(Buffer.from(`${path}\0`)), mask)

  return {
    add(path) {
      const watch = addWatch(path, changes | onlyDirectory | dontFollow | exclUnlink)
      if (watch >= 0) return { watch }
      const location = symbols.__errno_location()
      const errno = location === null ? 0 : read.i32(location, 0)
      return { error: errno === noSpace || errno === noMemory ? 'full' : 'gone' }
    },
    remove(watch) {
      symbols.inotify_rm_watch(fd, watch)
    },
    drained() {
      const watch = closed ? -1 : addWatch(markDirectory, inOpen)
      if (watch < 0) return Promise.resolve(false)
      const { promise, resolve } = Promise.withResolvers<boolean>()
      marks.set(watch, resolve)
      symbols.inotify_rm_watch(fd, watch)
      return promise
    },
    close() {
      if (closed) return
      closed = true
      passMarks(false)
      // The descriptor stays ours: the reader must have let go of it before it is closed.
      void reader
        .cancel()
        .catch(() => {})
        .finally(() => {
          closeSync(fd)
          library.close()
        })
    },
  }
}

/** Names are bytes; one that is no UTF-8 comes out as no path that exists, and is then as good as unknown. */
function nameAt(bytes: Uint8Array, from: number, length: number): string {
  if (length === 0) return ''
  const end = bytes.indexOf(0, from)
  const last = end < 0 || end > from + length ? from + length : end
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, last - from).toString('utf8')
}

function bind(name: string) {
  const { int, u32, ptr: pointer } = FFIType
  return dlopen(name, {
    inotify_init1: { args: [int], returns: int },
    inotify_add_watch: { args: [int, pointer, u32], returns: int },
    inotify_rm_watch: { args: [int, int], returns: int },
    __errno_location: { args: [], returns: pointer },
  })
}
