/** What the order wants to know of every chunk without reading its row, in 32 bits. */
import { symbolKinds } from '../../src/contract/symbol.ts'
import type { Chunk } from './chunk.ts'

/** Their order is part of the stored bits: a change of it wants a new version of the database. */
const kinds: readonly Chunk['kind'][] = ['text', ...symbolKinds]

const testBit = 1
const proseBit = 2
const vendoredBit = 4
const kindShift = 4
const kindMask = 0x1f
const lineShift = 16
const maxLines = 0xffff

export function packInfo(
  chunk: Pick<Chunk, 'kind' | 'test' | 'line' | 'endLine'>,
  path: string,
): number {
  const lines = Math.min(maxLines, chunk.endLine - chunk.line + 1)
  return (
    ((lines << lineShift) |
      (Math.max(0, kinds.indexOf(chunk.kind)) << kindShift) |
      (chunk.test ? testBit : 0) |
      (isProse(path) ? proseBit : 0) |
      (vendored.test(path) ? vendoredBit : 0)) >>>
    0
  )
}

export const infoTest = (info: number): boolean => (info & testBit) !== 0
export const infoProse = (info: number): boolean => (info & proseBit) !== 0
export const infoVendored = (info: number): boolean => (info & vendoredBit) !== 0
export const infoLines = (info: number): number => info >>> lineShift
export const infoKind = (info: number): Chunk['kind'] =>
  kinds[(info >>> kindShift) & kindMask] ?? 'text'

/** Code of others that is kept in the repository. */
const vendored = /(?:^|\/)(?:_?vendor(?:ed)?|third[_-]?party|deps)\//

function isProse(path: string): boolean {
  return /\.(?:md|mdx|markdown|rst|adoc|txt|html?)$/i.test(path) || !/\.\w+$/.test(path)
}
