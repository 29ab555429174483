/**
 * Whole outputs behind capped results: one file each, named `r1.bash.txt`, so that the directory alone is the list and
 * a resumed session finds them again. Only the user can read them.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { link, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodiError, errorCode } from '../base/errors.ts'
import type { ResultAbout, ResultStore } from '../contract/tool.ts'

interface Kept {
  number: number
  tool: string
  file: string
}

/** Nothing is created before something is kept or `directory` is asked for. */
export function openResultStore(directory: string): ResultStore {
  let lastNumber = 0

  /** Calls `place` with free names until one was not taken by someone else meanwhile. */
  async function keep(about: ResultAbout, place: (path: string) => Promise<void>): Promise<string> {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (;;) {
      lastNumber = Math.max(lastNumber, ...read(directory).map((kept) => kept.number)) + 1
      const number = lastNumber
      try {
        await place(join(directory, `r${number}.${fileWord(about.tool)}.txt`))
        return `r${number}`
      } catch (thrown) {
        if (errorCode(thrown) !== 'EEXIST') throw thrown
      }
    }
  }

  return {
    get directory() {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      return directory
    },

    put(text, about) {
      return keep(about, (path) => writeFile(path, text, { flag: 'wx', mode: 0o600 }))
    },

    adopt(path, about) {
      return keep(about, (target) => moveWithoutOverwrite(path, target))
    },

    path(id) {
      const number = /^r?(\d+)$/.exec(id.trim().toLowerCase())?.[1]
      if (number === undefined) return undefined
      const kept = read(directory).find((row) => row.number === Number(number))
      return kept && join(directory, kept.file)
    },

    list() {
      return read(directory).map((kept) => ({
        id: `r${kept.number}`,
        tool: kept.tool,
        bytes: sizeOf(join(directory, kept.file)),
      }))
    },
  }
}

function read(directory: string): Kept[] {
  const kept: Kept[] = []
  for (const file of namesIn(directory)) {
    const match = /^r(\d+)\.(.+)\.txt$/.exec(file)
    if (match) kept.push({ number: Number(match[1]), tool: match[2] ?? '', file })
  }
  return kept.sort((a, b) => a.number - b.number)
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return []
    throw thrown
  }
}

/** Zero for a file that was removed between listing and looking. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

async function moveWithoutOverwrite(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
    await unlink(from)
  } catch (thrown) {
    const code = errorCode(thrown)
    if (code === 'EEXIST') throw thrown
    if (code === 'ENOENT') {
      throw new CodiError('not_found', `There is no output file ${from} to keep`, { cause: thrown })
    }
    // A file system without hard links.
    await rename(from, to)
  }
}

function fileWord(tool: string): string {
  return tool.replace(/[^\w-]/g, '_').slice(0, 80) || 'tool'
}
