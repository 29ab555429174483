/**
 * Follows the files of a project: one watch for each directory that ripgrep does not ignore, and what changed in them.
 * `settle` proves itself: it answers only when every event that was queued before the call has been seen (inotify.ts),
 * so that a write which ended before the question is never missed. What cannot be watched whole is not watched at all:
 * `note` says why, and every question then checks the files. Ignore files outside the root count when something else
 * asks for a whole check.
 */
import { readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { addChanges, type Changes, everything, isNothing, noChanges, trim } from './changes.ts'
import {
  type Inotify,
  type InotifyEvent,
  inDeleteSelf,
  inIgnored,
  inIsDirectory,
  inMovedFrom,
  inMoveSelf,
  openInotify,
} from './inotify.ts'
import { neverEntered } from './list.ts'

export interface Watcher {
  /** What changed since the last call, up to this very moment. */
  settle(): Promise<Changes>
  /** Takes back what could not be dealt with. */
  giveBack(changes: Changes): void
  /** Watches these directories, too, parents first. True when any of them was new. */
  follow(directories: Iterable<string>): boolean
  /** Names that ripgrep did not list where it was asked: they mean nothing until an ignore file changes. */
  ignore(paths: Iterable<string>): void
  /** Names that it did list, whatever it said of them before. */
  heed(paths: readonly string[]): void
  readonly directories: ReadonlySet<string>
  /** Why it follows nothing any more; undefined while it does. */
  readonly note: string | undefined
  close(): void
}

const ignoreFile = /(?:^|\/)\.(?:gitignore|ignore|rgignore)$/
const maxIgnoredNames = 20_000
/** Quiet for this long, or noisy for that long: then it is told. */
const quietMs = 200
const noisyMs = 2_000
/** A queue answers in less than a millisecond. */
const maxDrainMs = 5_000
/** A person's editor wants some of what the system gives to one user. */
const share = 0.6
const watchLimitName = 'fs.inotify.max_user_watches'
const watchLimitFile = '/proc/sys/fs/inotify/max_user_watches'
/** Types of file systems (statfs) where others change files without a word to this kernel. */
const silentFileSystems: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB',
  16914839: '9P',
  1702057286: 'FUSE',
  2020558197: 'VirtualBox',
  12805120: 'Ceph',
}

/** `onChange` is called once after each burst of changes. `own` is never looked at: the index's own directory. */
export function openWatcher(
  options: { root: string; own: string | undefined },
  onChange: () => void,
): Watcher {
  const { root, own } = options
  let note: string | undefined
  let queue: Inotify | undefined
  let changes = noChanges()
  const byWatch = new Map<number, string>()
  const byPath = new Map<string, number>()
  const directories = new Set<string>()
  const ignored = new Set<string>()
  const limit = watchLimit()
  let burst: { timer: Timer; since: number } | undefined

  const silent = silentFileSystems[statfsSync(root).type]
  if (silent) stop(`${root} is on ${silent}, where changes by others are not told`)
  else {
    const opened = openInotify(take, () => stop('the queue of file events ended'))
    if ('reason' in opened) stop(opened.reason)
    else queue = opened
  }

  return {
    async settle() {
      const drained = queue ? await inTime(queue.drained()) : false
      if (drained === undefined) stop('the queue of file events does not answer')
      if (!drained || !queue) changes = everything()
      const taken = changes
      if (taken.all) ignored.clear()
      changes = noChanges()
      return taken
    },
    giveBack(more) {
      addChanges(changes, more)
    },
    follow(wanted) {
      let isNew = false
      for (const path of wanted) {
        if (!queue) return false
        if (byPath.has(path) || isOwn(path)) continue
        if (byPath.size >= limit) {
          stop(`the project has more than ${limit} directories, codi's share of ${watchLimitName}`)
          return false
        }
        const added = queue.add(join(root, path))
        if ('error' in added) {
          if (added.error === 'full') stop(`no inotify watches are left; raise ${watchLimitName}`)
          continue
        }
        // A directory that was moved keeps its watch; it is known by its new path from now on.
        const before = byWatch.get(added.watch)
        if (before !== undefined) byPath.delete(before)
        byWatch.set(added.watch, path)
        byPath.set(path, added.watch)
        directories.add(path)
        isNew = true
      }
      return isNew
    },
    ignore(paths) {
      if (ignored.size > maxIgnoredNames) ignored.clear()
      for (const path of paths) ignored.add(path)
    },
    heed(paths) {
      if (ignored.size > 0) for (const path of paths) ignored.delete(path)
    },
    directories,
    get note() {
      return note
    },
    close() {
      note ??= 'the index was closed'
      end()
    },
  }

  function stop(reason: string): void {
    note ??= reason
    changes = everything()
    end()
  }

  function end(): void {
    clearTimeout(burst?.timer)
    queue?.close()
    queue = undefined
    byWatch.clear()
    byPath.clear()
    directories.clear()
    ignored.clear()
  }

  function take(events: InotifyEvent[] | undefined): void {
    if (!events) {
      // Directories may have come and gone unseen: the check that follows watches all of them anew.
      changes = everything()
      byWatch.clear()
      byPath.clear()
      directories.clear()
    }
    for (const event of events ?? []) noteOne(event)
    trim(changes)
    if (!isNothing(changes)) announce()
  }

  function noteOne({ watch, mask, name }: InotifyEvent): void {
    const directory = byWatch.get(watch)
    if (directory === undefined) return
    if ((mask & (inIgnored | inDeleteSelf | inMoveSelf)) !== 0) {
      // What became of a directory, the one above it tells; there is none above the root.
      if (directory === '') stop(`${root} was moved or deleted`)
      else if ((mask & inIgnored) !== 0) forget(watch, directory)
      return
    }
    if (name === '' || neverEntered.includes(name)) return
    const path = directory === '' ? name : `${directory}/${name}`
    if (isOwn(path)) return
    if ((mask & inIsDirectory) !== 0) {
      if ((mask & inMovedFrom) !== 0) leave(path)
      changes.trees.add(path)
    } else if (ignoreFile.test(path)) {
      ignored.clear()
      changes.all = true
    } else if (!ignored.has(path)) changes.files.add(path)
  }

  /** A directory that was moved away goes on telling of itself: its watches and those below it are taken off. */
  function leave(path: string): void {
    for (const [below, watch] of [...byPath])
      if (below === path || below.startsWith(`${path}/`)) {
        queue?.remove(watch)
        forget(watch, below)
      }
  }

  function forget(watch: number, path: string): void {
    byWatch.delete(watch)
    byPath.delete(path)
    directories.delete(path)
  }

  function isOwn(path: string): boolean {
    return own !== undefined && (path === own || path.startsWith(`${own}/`))
  }

  function announce(): void {
    const now = performance.now()
    const since = burst?.since ?? now
    clearTimeout(burst?.timer)
    const wait = Math.max(0, Math.min(quietMs, since + noisyMs - now))
    burst = { since, timer: setTimeout(tell, wait) }
  }

  function tell(): void {
    burst = undefined
    if (queue && !isNothing(changes)) onChange()
  }
}

/** Undefined when there was no answer: a question must not wait for ever. */
async function inTime(answer: Promise<boolean>): Promise<boolean | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), maxDrainMs)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function watchLimit(): number {
  try {
    return Math.floor(Number(readFileSync(watchLimitFile, 'utf8')) * share)
  } catch {
    return Number.MAX_SAFE_INTEGER
  }
}
