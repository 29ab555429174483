/** Which changed files a server wants to hear of: the globs that it registered. */
import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  DidChangeWatchedFilesRegistrationOptions,
  GlobPattern,
} from 'vscode-languageserver-protocol'

export interface WatchedGlobs {
  register(id: string, options: Partial<DidChangeWatchedFilesRegistrationOptions> | null): void
  unregister(id: string): void
  /** `type` in the protocol's numbers: created, changed, deleted. */
  wants(path: string, type: 1 | 2 | 3): boolean
}

const everyKind = 7

export function createWatchedGlobs(root: string): WatchedGlobs {
  const registered = new Map<string, ((path: string, bit: number) => boolean)[]>()
  return {
    register(id, options) {
      const watchers = (options?.watchers ?? []).map(({ globPattern, kind }) => {
        const matches = matcher(globPattern, root)
        return (path: string, bit: number) => ((kind ?? everyKind) & bit) !== 0 && matches(path)
      })
      registered.set(id, watchers)
    },
    unregister: (id) => void registered.delete(id),
    wants(path, type) {
      const bit = 1 << (type - 1)
      return [...registered.values()].some((watchers) => watchers.some((wants) => wants(path, bit)))
    },
  }
}

function matcher(pattern: GlobPattern, root: string): (path: string) => boolean {
  const base = typeof pattern === 'string' ? root : baseOf(pattern.baseUri)
  const text = typeof pattern === 'string' ? pattern : pattern.pattern
  const glob = new Bun.Glob(text)
  return (path) => {
    if (isAbsolute(text)) return glob.match(path)
    const below = relative(base, path)
    return below !== '' && !below.startsWith('..') && glob.match(below)
  }
}

function baseOf(base: string | { uri: string }): string {
  return fileURLToPath(typeof base === 'string' ? base : base.uri)
}
