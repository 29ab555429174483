/** Single steps at a path, each done in the very directory that the path names, no link followed. */
import { chmodSync, lstatSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { CodiError, reasonOf } from '../base/errors.ts'
import { pinDirectory } from '../base/pinned-directory.ts'

export function inDirectory<T>(path: string, work: (entry: string) => T): T {
  using directory = pinDirectory(dirname(path))
  return work(directory.entry(basename(path)))
}

export function move(from: string, to: string, what: string): void {
  try {
    using source = pinDirectory(dirname(from))
    using target = pinDirectory(dirname(to))
    renameSync(source.entry(basename(from)), target.entry(basename(to)))
  } catch (thrown) {
    throw failed(what, what === 'put back' || what === 'write' ? to : from, thrown)
  }
}

export function unlinkIn(path: string): void {
  inDirectory(path, (entry) => {
    if (lstatSync(entry, { throwIfNoEntry: false })) unlinkSync(entry)
  })
}

export function chmodIn(path: string, mode: number): void {
  inDirectory(path, (entry) => {
    // A link has no mode of its own, and that of its target is not meant.
    if (!lstatSync(entry).isSymbolicLink()) chmodSync(entry, mode)
  })
}

export function temporaryName(path: string): string {
  return `.${basename(path).slice(0, 60)}.${crypto.getRandomValues(new Uint8Array(6)).toHex()}.tmp`
}

/** The name, or the beginning of it, of which this is a temporary one; undefined where it is none. */
export function isTemporaryOf(entry: string): string | undefined {
  return /^\.(.+)\.[0-9a-f]{12}\.tmp$/s.exec(entry)?.[1]
}

export function failed(what: string, path: string, thrown: unknown): CodiError {
  if (thrown instanceof CodiError) return thrown
  return new CodiError('io', `Cannot ${what} ${path}: ${reasonOf(thrown)}`, { cause: thrown })
}
