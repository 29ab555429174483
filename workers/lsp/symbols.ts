/** Symbols of documents and workspaces, and calls between them, as codi's own rows. */
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  DocumentSymbol,
  SymbolInformation,
  SymbolKind,
  WorkspaceSymbol,
} from 'vscode-languageserver-protocol'
import type { LspCall, LspSymbol } from '../../src/contract/lsp-service.ts'
import { shownPath } from './locations.ts'
import { pathOfUri } from './uri.ts'

/** In the protocol's order, from 1. */
const kindNames = [
  ...['file', 'module', 'namespace', 'package', 'class', 'method', 'property', 'field'],
  ...['constructor', 'enum', 'interface', 'function', 'variable', 'constant', 'string', 'number'],
  ...['boolean', 'array', 'object', 'key', 'null', 'enummember', 'struct', 'event', 'operator'],
  'typeparameter',
]

function kindName(kind: SymbolKind): string {
  return kindNames[kind - 1] ?? 'symbol'
}

/** Of one file, outer before inner. `path` as it is shown. */
export function documentSymbolRows(
  symbols: (DocumentSymbol | SymbolInformation)[],
  path: string,
  container = '',
): LspSymbol[] {
  return symbols.flatMap((symbol) => {
    if ('location' in symbol) {
      const { range } = symbol.location
      return [row(symbol, { path, container: symbol.containerName ?? '', range })]
    }
    const { selectionRange, range } = symbol
    const own = row(symbol, {
      path,
      container,
      range: { start: selectionRange.start, end: range.end },
    })
    const inner = container === '' ? symbol.name : `${container}.${symbol.name}`
    return [own, ...documentSymbolRows(symbol.children ?? [], path, inner)]
  })
}

export function workspaceSymbolRows(
  symbols: (SymbolInformation | WorkspaceSymbol)[],
  root: string,
): LspSymbol[] {
  return symbols.map((symbol) => {
    const { location } = symbol
    const range =
      'range' in location
        ? location.range
        : { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }
    const path = shownUri(location.uri, root)
    return row(symbol, { path, container: symbol.containerName ?? '', range })
  })
}

function row(
  { name, kind }: { name: string; kind: SymbolKind },
  at: {
    path: string
    container: string
    range: { start: { line: number }; end: { line: number } }
  },
): LspSymbol {
  const line = at.range.start.line + 1
  return {
    path: at.path,
    name,
    kind: kindName(kind),
    container: at.container,
    line,
    endLine: Math.max(line, at.range.end.line + 1),
  }
}

export function callRow(
  call: CallHierarchyIncomingCall | CallHierarchyOutgoingCall,
  root: string,
): LspCall {
  const item: CallHierarchyItem = 'from' in call ? call.from : call.to
  const lines = call.fromRanges.map(({ start }) => start.line + 1)
  const path = shownUri(item.uri, root)
  return {
    path,
    // A file that calls goes by its whole path.
    name: item.name === pathOfUri(item.uri) ? path : item.name,
    kind: kindName(item.kind),
    line: item.selectionRange.start.line + 1,
    calls: [...new Set(lines)].sort((a, b) => a - b),
  }
}

function shownUri(uri: string, root: string): string {
  const absolute = pathOfUri(uri)
  return absolute === undefined ? uri : shownPath(absolute, root)
}
