/**
 * What may be done with a path, before any rule: credentials are closed, what decides what runs later is asked for,
 * and so is reading what may hold secrets. Paths are absolute and resolved.
 */
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { underHome } from '../base/home.ts'
import { isWithin, realPath } from '../base/paths.ts'
import { secretFiles } from '../base/secret-files.ts'
import { linkDanger } from './links.ts'
import { foldPath } from './path-names.ts'
import {
  credentialPlaces,
  dangerousPlaces,
  type PlaceRow,
  refusedPlaces,
  unreadablePlaces,
} from './places.ts'
import { pathMatcher } from './rule-match.ts'

/** `open`: nothing speaks against it; `asks`: a person decides; `closed`: nobody reads it. */
export type Secrecy = 'open' | 'asks' | 'closed'

export interface PathJudge {
  /** Whether content of this path may come to a model without a question; tools that walk trees leave out the rest. */
  secrecy(path: string): Secrecy
  /** Why no tool may ever do this; undefined where it may be judged further. */
  refused(paths: readonly string[], effect: 'read' | 'write'): Promise<string | undefined>
  /** Why it is asked for in every mode. */
  danger(paths: readonly string[], effect: 'read' | 'write'): Promise<string | undefined>
}

export interface PathJudgeOptions {
  home: string
  /** The workspace and added directories, real. */
  roots: readonly string[]
  /** Codi's own data and settings: sessions, credentials, rules. */
  own: readonly string[]
  /** Globs of the person's settings. */
  unreadable: readonly string[]
  /** Credential places that are opened again. */
  readable: readonly string[]
}

/** Files of credential places that are looked at to recognise another name (hard link) of one. */
const maxCredentialFiles = 2000

export function openPathJudge(options: PathJudgeOptions): PathJudge {
  const kept = new Set(options.readable.map((path) => underHome(path, options.home)))
  const places = [...credentialPlaces.map((place) => join(options.home, place)), ...options.own]
    .filter((place) => !kept.has(place))
    .flatMap((place) => [place, realPath(place) ?? place])
  const folded = [...new Set(places.map(foldPath))]
  const unreadable = unreadableMatchers(options)
  // The folded places of codi itself: there nothing is written either.
  const closed = (path: string, foldedPath: string) =>
    folded.some((place) => isWithin(foldedPath, place)) ||
    unreadable.some((matches) => matches(path))

  /** What counts is the name below the workspace: a workspace may itself lie in a directory `.codex`. */
  const below = (path: string) => {
    const root = options.roots.find((directory) => isWithin(path, directory))
    return foldPath(root === undefined ? path : relative(root, path))
  }

  function secrecy(path: string): Secrecy {
    const name = foldPath(path)
    if (closed(path, name) || reasonOf(unreadablePlaces, name) !== undefined) return 'closed'
    if (kept.size > 0 && [...kept].some((place) => isWithin(path, place))) return 'open'
    return reasonOf(secretFiles, below(path)) === undefined ? 'open' : 'asks'
  }

  return {
    secrecy,

    async refused(paths, effect) {
      for (const path of paths) {
        const name = foldPath(path)
        if (closed(path, name))
          return `${path} is never ${verbs[effect]} by a tool: ${closedReason}.`
        const row =
          effect === 'write'
            ? reasonOf(refusedPlaces, below(path))
            : reasonOf(unreadablePlaces, name)
        if (row !== undefined) return `${path} is never ${verbs[effect]} by a tool: ${row}.`
        if (await isCredentialLink(path, places)) {
          return `${path} is never ${verbs[effect]} by a tool: it is another name of a file that holds credentials.`
        }
      }
      return undefined
    },

    async danger(paths, effect) {
      for (const path of paths) {
        const name = below(path)
        if (effect === 'read') {
          if (secrecy(path) === 'asks') return reasonOf(secretFiles, name)
        } else {
          const reason = reasonOf(dangerousPlaces, name)
          if (reason !== undefined) return reason
        }
      }
      return effect === 'write' ? linkDanger(paths) : undefined
    },
  }
}

const verbs = { read: 'read', write: 'written' } as const
const closedReason =
  'it is a place of credentials or one that the settings call unreadable; the user can open a place with the setting "readable"'

function reasonOf(rows: readonly PlaceRow[], folded: string): string | undefined {
  return rows.find((row) => row.pattern.test(folded))?.reason
}

/** As a rule that denies these files would have it, in each root. */
function unreadableMatchers({ unreadable, home, roots }: PathJudgeOptions) {
  return unreadable.flatMap((path) =>
    roots.map((project) => pathMatcher({ path, decision: 'deny' }, { home, project })),
  )
}

/** A hard link to a key carries another path, but is the same file. */
async function isCredentialLink(path: string, places: readonly string[]): Promise<boolean> {
  const info = await stat(path).catch(() => undefined)
  if (!info?.isFile() || info.nlink < 2) return false
  let left = maxCredentialFiles
  for (const place of new Set(places)) {
    if (await holds(place)) return true
  }
  return false

  async function holds(place: string): Promise<boolean> {
    if (left-- <= 0) return false
    const found = await stat(place).catch(() => undefined)
    if (found?.isFile()) return found.dev === info?.dev && found.ino === info?.ino
    if (!found?.isDirectory()) return false
    for (const name of await readdir(place).catch(() => []))
      if (await holds(join(place, name))) return true
    return false
  }
}
