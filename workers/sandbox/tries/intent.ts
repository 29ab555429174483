/**
 * What an application of a try is about to do, written down before it does anything: whoever finds it after a crash
 * can tell of each operation whether it was done, by the inodes that it names. Paths are latin1 texts of their bytes.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { CodiError } from '../../../src/base/errors.ts'
import { identity } from './identity.ts'

const place = { root: Type.Integer({ minimum: 0 }), path: Type.String() }

const operation = Type.Union([
  Type.Object({ ...place, kind: Type.Literal('mkdir'), mode: Type.Integer() }),
  Type.Object({
    ...place,
    kind: Type.Literal('create'),
    source: Type.String(),
    own: identity,
  }),
  Type.Object({
    ...place,
    kind: Type.Literal('replace'),
    source: Type.String(),
    own: identity,
    aside: Type.String(),
    old: identity,
  }),
  Type.Object({ ...place, kind: Type.Literal('delete'), aside: Type.String(), old: identity }),
  Type.Object({ ...place, kind: Type.Literal('mode'), mode: Type.Integer(), was: Type.Integer() }),
])

const intent = Type.Object({
  /** The roots that `root` counts, with the inode each had. */
  roots: Type.Array(Type.Object({ path: Type.String(), inode: Type.String() })),
  operations: Type.Array(operation),
  /** Directories of our own that go when it is done. */
  passing: Type.Array(Type.String()),
  /** Nothing of the try is left afterwards. */
  isWhole: Type.Boolean(),
})

export type Operation = typeof operation.static
export type Intent = typeof intent.static

const name = 'applying.json'

/** Durable when it returns. */
export function writeIntent(directory: string, value: Intent): void {
  const fresh = join(directory, `${name}.new`)
  const fd = openSync(fresh, 'w', 0o600)
  try {
    const bytes = Buffer.from(JSON.stringify(value))
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(fresh, join(directory, name))
  const parent = openSync(directory, 'r')
  try {
    fsyncSync(parent)
  } finally {
    closeSync(parent)
  }
}

/** Undefined where nothing was begun. */
export function readIntent(directory: string): Intent | undefined {
  let text: string
  try {
    text = readFileSync(join(directory, name), 'utf8')
  } catch {
    return undefined
  }
  const parsed: unknown = JSON.parse(text)
  if (!Value.Check(intent, parsed))
    throw new CodiError('invalid', `${join(directory, name)} does not say what was begun`)
  return parsed
}

export function forgetIntent(directory: string): void {
  rmSync(join(directory, name), { force: true })
}

const passingName = 'passing.json'

/** An application of it was begun, and has not ended. */
export function isHalfApplied(directory: string): boolean {
  return [name, passingName].some((file) => existsSync(join(directory, file)))
}

/** Before they are made: until an intent names them, a crash would leave them for ever. */
export function notePassing(directory: string, paths: readonly string[]): void {
  writeFileSync(join(directory, passingName), JSON.stringify(paths), { mode: 0o600 })
}

export function forgetPassing(directory: string): void {
  rmSync(join(directory, passingName), { force: true })
}

/** What an application had made when it ended before it had an intent. */
export function readPassing(directory: string): string[] {
  try {
    const paths = JSON.parse(readFileSync(join(directory, passingName), 'utf8'))
    return Value.Parse(Type.Array(Type.String()), paths)
  } catch {
    return []
  }
}
