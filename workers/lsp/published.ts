/**
 * What a server pushed for its files, and waiting for it. A push is complete when it is of the wanted version (or came
 * after the question, where a server names no versions), nothing followed for a moment, and no work is in progress.
 */
import type {
  Diagnostic as LspDiagnostic,
  PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol'
import { pathOfUri } from './uri.ts'

export interface Published {
  accept(params: PublishDiagnosticsParams): void
  /** Work-done progress of the server, by token. */
  progress(token: string | number, running: boolean): void
  /** A moment to wait from: pushes before it do not count for a server without versions. */
  now(): number
  items(path: string): LspDiagnostic[]
  /** Its last complete word on the file, and of which texts that was. */
  said(path: string): Said | undefined
  keepSaid(path: string, said: Said): void
  /** What the server answered last when it was asked, by the id that it gave to that answer. */
  pulled(path: string): Pulled | undefined
  keepPulled(path: string, pulled: Pulled): void
  /** Whether this server names the version that it speaks about. */
  versioned(): boolean
  /** Resolves when no work is in progress, or the signal fired. */
  idle(signal: AbortSignal): Promise<void>
  /** True when complete, false when the signal fired first. */
  wait(
    path: string,
    wanted: { version: number; since: number },
    signal: AbortSignal,
  ): Promise<boolean>
}

const maxKept = 500

export interface Pulled {
  items: LspDiagnostic[]
  resultId: string | undefined
}

export interface Said {
  items: LspDiagnostic[]
  epoch: number
}

interface Entry {
  version: number | undefined
  items: LspDiagnostic[]
  sequence: number
  at: number
}

export function createPublished(settleMs: number): Published {
  const entries = new Map<string, Entry>()
  const pulls = new Map<string, Pulled>()
  const said = new Map<string, Said>()
  const working = new Set<string | number>()
  const watchers = new Set<() => void>()
  let sequence = 0
  let restingSince = 0
  let versioned = false

  function changed(): void {
    for (const watcher of [...watchers]) watcher()
  }

  /** Milliseconds until the push counts as complete; undefined while something must happen first. */
  function missingMs(path: string, wanted: { version: number; since: number }): number | undefined {
    const entry = entries.get(path)
    if (!entry || entry.sequence <= wanted.since || working.size > 0) return undefined
    // Of a server that names versions, a push without one only clears a closed file.
    if (versioned && (entry.version ?? 0) < wanted.version) return undefined
    // What a server found out by its work comes after it.
    return Math.max(0, Math.max(entry.at, restingSince) + settleMs - performance.now())
  }

  return {
    accept({ uri, version, diagnostics }) {
      const path = pathOfUri(uri)
      if (path === undefined) return
      sequence++
      versioned ||= typeof version === 'number'
      entries.set(path, { version, items: diagnostics, sequence, at: performance.now() })
      changed()
    },
    progress(token, running) {
      if (running) working.add(token)
      else if (working.delete(token)) restingSince = performance.now()
      changed()
    },
    now: () => sequence,
    said: (path) => said.get(path),
    keepSaid: (path, word) => keepNewest(said, path, word),
    items: (path) => entries.get(path)?.items ?? [],
    pulled: (path) => pulls.get(path),
    keepPulled: (path, pulled) => keepNewest(pulls, path, pulled),
    versioned: () => versioned,
    wait: (path, wanted, signal) => watch(() => missingMs(path, wanted), signal),
    async idle(signal) {
      await watch(() => (working.size === 0 ? 0 : undefined), signal)
    },
  }

  /** Looks at every change, and when the missing time is over. True when nothing was missing before the signal fired. */
  function watch(missing: () => number | undefined, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: Timer | undefined
      const finish = (complete: boolean) => {
        clearTimeout(timer)
        watchers.delete(look)
        signal.removeEventListener('abort', onAbort)
        resolve(complete)
      }
      const onAbort = () => finish(false)
      const look = () => {
        clearTimeout(timer)
        const ms = missing()
        if (ms === 0) finish(true)
        else if (ms !== undefined) timer = setTimeout(look, ms)
      }
      watchers.add(look)
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) finish(false)
      else look()
    })
  }
}

function keepNewest<T>(kept: Map<string, T>, path: string, value: T): void {
  kept.delete(path)
  kept.set(path, value)
  for (const [oldest] of kept) {
    if (kept.size <= maxKept) break
    kept.delete(oldest)
  }
}
