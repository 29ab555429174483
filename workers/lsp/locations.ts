/** Places that servers answer with, as codi's own: relative paths, 1-based, with the line that stands there. */
import { isAbsolute, relative, sep } from 'node:path'
import type { Location, LocationLink, Range } from 'vscode-languageserver-protocol'
import type { LspLocation } from '../../src/contract/lsp-service.ts'
import { createLineReader } from './lines.ts'
import { pathOfUri } from './uri.ts'

export type Places = Location | (Location | LocationLink)[] | null | undefined

/** More are left out. */
const maxPlaces = 2000

/** Each place once, in the server's order. */
export async function locationsOf(places: Places, root: string): Promise<LspLocation[]> {
  const list = Array.isArray(places) ? places : places ? [places] : []
  const lineAt = createLineReader()
  const found = new Map<string, LspLocation>()
  for (const place of list) {
    if (found.size >= maxPlaces) break
    const { uri, range } = isLink(place)
      ? { uri: place.targetUri, range: place.targetSelectionRange }
      : place
    const absolute = pathOfUri(uri)
    const path = absolute === undefined ? uri : shownPath(absolute, root)
    const location = {
      path,
      ...rangeOf(range),
      text: absolute === undefined ? '' : await lineAt(absolute, range.start.line),
    }
    found.set(`${path}:${location.line}:${location.column}`, location)
  }
  return [...found.values()]
}

function isLink(place: Location | LocationLink): place is LocationLink {
  return 'targetUri' in place
}

export function rangeOf({ start, end }: Range) {
  return {
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  }
}

/** Relative to the root with `/`; absolute outside. */
export function shownPath(absolute: string, root: string): string {
  const below = relative(root, absolute)
  if (below === '' || below.startsWith('..') || isAbsolute(below)) return absolute
  return sep === '/' ? below : below.replaceAll(sep, '/')
}
