/** Whether a word means all of a disk, of the home directory, or of a directory that the system lives in. */
import { resolve } from 'node:path'
import { absolute } from './files.ts'
import { unknownMark, type Word } from './script.ts'

const vital =
  /^\/(?:usr|etc|bin|sbin|lib\d*|boot|dev|proc|sys|var|home|root|opt|run|srv|System|Library|Users|Applications|Volumes)$/

export function isWhole(word: Word, home: string, cwd: string | undefined): boolean {
  if (word.value === undefined) return false
  // `/*`, `~/.*`, `$HOME/.` mean what is in it, which is all of it.
  // No file has a longer name.
  if (word.value.length > 4_096) return false
  let path = word.value.replace(/\/{2,}/g, '/')
  while (/\/(?:\*+|\.\*|\.\[!\.\]\*|\.|\.\.\?\*|\.\?\*|)$/.test(path) && path !== '/')
    path = path.replace(/\/(?:\*+|\.\*|\.\[!\.\]\*|\.|\.\.\?\*|\.\?\*|)$/, '') || '/'
  if (/^(?:\*+|\.\*|\.)$/.test(path)) path = '.'
  const isRelative = !/^[/~]/.test(path)
  if (isRelative && cwd?.includes(unknownMark)) return false
  const full = absolute(path, { home, cwd })
  if (!full.startsWith('/')) return false
  const plain = resolve(full)
  return plain === '/' || plain === home || home.startsWith(`${plain}/`) || vital.test(plain)
}
