/**
 * The native HNSW index, where it was built: `dist/native/hnsw.node` is hnswlib-node's `src/addon.cc`, which build.ts
 * compiles directly against N-API. Without it the search is exact. The literal `require` lets the compiler embed
 * the file; it is tried only when vectors are first needed.
 */

export interface HierarchicalNsw {
  initIndex(
    maxElements: number,
    m: number,
    efConstruction: number,
    randomSeed: number,
    allowReplaceDeleted: boolean,
  ): void
  readIndexSync(filename: string, allowReplaceDeleted: boolean): void
  writeIndexSync(filename: string): void
  addPoint(point: number[], label: number, replaceDeleted: boolean): void
  markDelete(label: number): void
  unmarkDelete(label: number): void
  resizeIndex(maxElements: number): void
  getIdsList(): number[]
  getCurrentCount(): number
  getMaxElements(): number
  setEf(ef: number): void
  searchKnn(
    point: number[],
    count: number,
    filter?: (label: number) => boolean,
  ): { distances: number[]; neighbors: number[] }
}

export type HierarchicalNswConstructor = new (
  space: 'ip' | 'l2' | 'cosine',
  dimensions: number,
) => HierarchicalNsw

export function loadHnsw(): HierarchicalNswConstructor | undefined {
  try {
    const addon: unknown = require('../../dist/native/hnsw.node')
    return hasConstructor(addon) ? addon.HierarchicalNSW : undefined
  } catch {
    // Not built (no C++ compiler), or built for another machine.
    return undefined
  }
}

function hasConstructor(addon: unknown): addon is { HierarchicalNSW: HierarchicalNswConstructor } {
  return (
    typeof addon === 'object' &&
    addon !== null &&
    'HierarchicalNSW' in addon &&
    typeof addon.HierarchicalNSW === 'function'
  )
}
