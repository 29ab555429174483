/** The files of a project as ripgrep sees them: ignore files honoured with and without git, hidden files included. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError } from '../../src/base/errors.ts'
import { runProgram } from '../../src/base/process.ts'

export interface ListedFile {
  path: string
  size: number
  /** Milliseconds with fraction, as text. */
  mtime: string
}

const listTimeoutMs = 120_000
const maxListBytes = 64 * 1024 * 1024
const neverEntered = ['.git', '.hg', '.svn', '.jj', 'node_modules']

/**
 * Paths relative to `root` with `/`, sorted. Directories that cannot be read are left out; a file that is gone by the
 * time of the call is simply not there.
 */
export async function listPaths(
  options: { root: string; ripgrep: string },
  signal?: AbortSignal,
): Promise<{ paths: string[]; truncated: boolean }> {
  const result = await runProgram(
    [
      options.ripgrep,
      '--no-config',
      '--files',
      '--hidden',
      '--null',
      '--no-messages',
      '--no-require-git',
      ...neverEntered.flatMap((name) => ['--glob', `!${name}`]),
    ],
    {
      cwd: options.root,
      timeoutMs: listTimeoutMs,
      maxBytes: maxListBytes,
      ...(signal ? { signal } : {}),
    },
  )
  // 1: no file at all; 2: some could not be read, the rest is listed.
  if (result.exitCode > 2 && !result.truncated) {
    throw new CodiError(
      'io',
      `Cannot list the files of ${options.root}: ripgrep ended with status ${result.exitCode}`,
    )
  }
  const paths = result.stdout.split('\0')
  paths.pop()
  const clean = paths.map((path) => {
    const forward = process.platform === 'win32' ? path.replaceAll('\\', '/') : path
    return forward.startsWith('./') ? forward.slice(2) : forward
  })
  return { paths: clean.sort(), truncated: result.truncated }
}

/** Size and time of a regular file; undefined where it is none. */
export function statFile(root: string, path: string): ListedFile | undefined {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat?.isFile()) return undefined
  return { path, size: stat.size, mtime: String(stat.mtimeMs) }
}
