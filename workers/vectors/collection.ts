/** Vectors in memory that can be asked for the nearest: exactly, or through a graph. */

export interface Neighbour {
  id: number
  /** Cosine; 1 is the same direction. */
  score: number
}

export interface Collection {
  readonly kind: 'exact' | 'hnsw'
  /** Vectors that `nearest` may answer. */
  readonly size: number
  /** Places that hold a removed vector still. */
  readonly deleted: number
  has(id: number): boolean
  ids(): number[]
  /** Adds a vector or replaces it. */
  put(id: number, vector: Int8Array): void
  remove(id: number): void
  /** The nearest to a unit vector, nearest first; only of `within`, when given. */
  nearest(vector: Float32Array, count: number, within?: ReadonlySet<number>): Neighbour[]
  /** Keeps it in a file; absent where there is nothing that took time to build. */
  write?(file: string): void
  /** Gives native memory back at once; it must not be used again. */
  free?(): void
}
