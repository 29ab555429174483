/**
 * What code calls a thing that English calls otherwise (`remove`: clear, delete), learnt from other people's doc
 * comments by `bun run train`. Read on the first question; see trained/manifest.json for where it comes from.
 */
import { readFileSync } from 'node:fs'
import { type Association, decodeAssociations } from './associations-file.ts'
import path from './trained/associations.bin' with { type: 'file' }

export interface Associations {
  /** Code stems that stand for an English stem, likeliest first. */
  of(stem: string): readonly Association[]
}

export function loadAssociations(): Associations {
  return { of: decodeAssociations(readFileSync(path)) }
}
