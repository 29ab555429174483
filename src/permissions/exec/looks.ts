/** The closer looks by name: programs of which a row cannot tell enough. */
import type { Special } from './row.ts'
import type { Look } from './scene.ts'

const looks: Readonly<Partial<Record<Special, Look>>> = {}

export function lookOf(special: Special): Look {
  return looks[special] ?? (() => ({}))
}
