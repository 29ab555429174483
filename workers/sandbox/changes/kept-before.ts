/**
 * What can be kept of a work tree before a command of which nothing will be told: copies of the files that git knows to
 * differ from what it has, and the index, by which the others are found in git afterwards. Within limits.
 */
import { constants, copyFileSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { lookGit } from '../../../src/base/look-git.ts'
import { isWithin } from '../../../src/base/paths.ts'

export interface KeptFile {
  image?: string
  target?: string
  /** As it was when it was copied. */
  mode: number
  bytes: number
  modifiedNs: bigint
}

export interface KeptBefore {
  /** Of copies, by path. */
  files: ReadonlyMap<string, KeptFile>
  /** Blobs that stand for clean files, by path; only those of `paths`. */
  blobs(paths: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** What did not fit, for a person; empty where nothing is missing. */
  note: string
}

const maxFiles = 2000
const maxFileBytes = 16 * 1024 * 1024
const maxBytes = 128 * 1024 * 1024
/** Paths in one question to git. */
const batchPaths = 500

export async function keepBefore(roots: readonly string[], directory: string): Promise<KeptBefore> {
  const files = new Map<string, KeptFile>()
  const indexes: { top: string; index: string }[] = []
  let left = maxBytes
  let missing = 0
  const withoutGit: string[] = []

  function keep(path: string): void {
    const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true })
    if (!stat || !(stat.isFile() || stat.isSymbolicLink()) || files.has(path)) return
    const facts = {
      mode: Number(stat.mode),
      bytes: Number(stat.size),
      modifiedNs: stat.mtimeNs,
    }
    if (stat.isSymbolicLink()) {
      files.set(path, { ...facts, target: readlinkSync(path) })
      return
    }
    if (files.size >= maxFiles || facts.bytes > maxFileBytes || facts.bytes > left) {
      missing++
      return
    }
    const image = `before-${files.size + 1}`
    try {
      copyFileSync(path, join(directory, image), constants.COPYFILE_FICLONE)
      left -= facts.bytes
      files.set(path, { ...facts, image })
    } catch {
      missing++
    }
  }

  for (const root of roots) {
    const top = await topOf(root)
    if (top === undefined) {
      withoutGit.push(root)
      continue
    }
    for (const path of await differing(root, top)) keep(path)
    const index = join(directory, `index-${indexes.length + 1}`)
    const source = await git(top, ['rev-parse', '--git-path', 'index'])
    try {
      copyFileSync(resolve(top, source.trim()), index, constants.COPYFILE_FICLONE)
      indexes.push({ top, index })
    } catch {
      // A repository without a commit has no index yet.
    }
  }

  return {
    files,
    async blobs(paths) {
      const found = new Map<string, string>()
      for (const { top, index } of indexes) {
        const inside = paths.filter((path) => isWithin(path, top) && path !== top)
        for (let at = 0; at < inside.length; at += batchPaths)
          await addBlobs(found, { top, index, paths: inside.slice(at, at + batchPaths) })
      }
      return found
    },
    note: [
      missing > 0 ? `${missing} files were too large or too many to be copied before` : '',
      withoutGit.length > 0
        ? `${withoutGit.join(', ')} is in no git repository: what was there before is not known`
        : '',
    ]
      .filter((text) => text !== '')
      .join('; '),
  }
}

async function addBlobs(
  found: Map<string, string>,
  { top, index, paths }: { top: string; index: string; paths: readonly string[] },
): Promise<void> {
  const listed = await git(top, ['ls-files', '--stage', '-z', '--', ...paths], {
    GIT_INDEX_FILE: index,
    // A name is a name, whatever characters it has.
    GIT_LITERAL_PATHSPECS: '1',
  })
  for (const row of listed.split('\0')) {
    const [, sha, name] = /^100\d+ ([0-9a-f]+) 0\t(.*)$/s.exec(row) ?? []
    if (sha !== undefined && name !== undefined) found.set(join(top, name), sha)
  }
}

/** Changed and new files, the ignored ones left out: those are made again. */
async function differing(root: string, top: string): Promise<string[]> {
  const listed = await git(root, [
    ...['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'],
    ...['--ignore-submodules=all', '--', '.'],
  ])
  return listed
    .split('\0')
    .filter((row) => row !== '')
    .map((row) => join(top, row.slice(3)))
}

async function topOf(root: string): Promise<string | undefined> {
  const top = (await git(root, ['rev-parse', '--show-toplevel'])).trimEnd()
  return top === '' ? undefined : realpathSync(top)
}

/** What it prints; nothing where it fails, or is not there. */
async function git(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  try {
    const { exitCode, stdout } = await lookGit(args, { cwd, env })
    return exitCode === 0 ? stdout : ''
  } catch {
    return ''
  }
}
