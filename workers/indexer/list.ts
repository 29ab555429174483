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
/** Directories of this name hold nothing of the project's own, wherever they are. */
export const neverEntered: readonly string[] = ['.git', '.hg', '.svn', '.jj', 'node_modules']
/** Of the kernel, below `/`: what looks like a file there may be read without end. */
const kernelDirectories: readonly string[] = ['/proc/**', '/sys/**', '/dev/**']

export interface ListOptions {
  root: string
  ripgrep: string
}

/** What is asked of ripgrep: everything, or what lies below these directories, which must not be ignored themselves. */
export interface ListScope {
  directories: readonly string[]
  /** Also what is in their subdirectories. */
  deep: boolean
}

/**
 * Paths relative to `root` with `/`, sorted. Directories that cannot be read are left out; a file that is gone by the
 * time of the call is simply not there.
 */
export async function listPaths(
  options: ListOptions,
  signal?: AbortSignal,
  scope?: ListScope,
): Promise<{ paths: string[]; truncated: boolean }> {
  const result = await runListing(options, scopeArguments(scope), signal)
  // 1: no file at all; 2: some could not be read, the rest is listed.
  if (result.exitCode > 2 && !result.truncated) {
    throw new CodiError(
      'io',
      `Cannot list the files of ${options.root}: ripgrep ended with status ${result.exitCode}`,
    )
  }
  const paths = result.stdout.split('\0')
  paths.pop()
  return { paths: paths.map(cleanPath).sort(), truncated: result.truncated }
}

/**
 * What ripgrep leaves out by an ignore file, a whole directory by its own name, as its debug output tells. A line that
 * is not understood is left out here: what is then not known to be ignored is watched in vain, and nothing is missed.
 */
export async function listIgnored(
  options: ListOptions,
  signal?: AbortSignal,
  scope?: ListScope,
): Promise<ReadonlySet<string>> {
  const { stderr } = await runListing(options, ['--debug', ...scopeArguments(scope)], signal)
  const ignored = new Set<string>()
  for (const [, path = ''] of stderr.matchAll(/: ignoring (.+?): Ignore\(/g))
    ignored.add(cleanPath(path))
  return ignored
}

function scopeArguments(scope: ListScope | undefined): string[] {
  if (!scope) return []
  const depth = scope.deep ? [] : ['--max-depth', '1']
  return [...depth, '--', ...scope.directories.map((path) => path || '.')]
}

function runListing(options: ListOptions, more: readonly string[], signal?: AbortSignal) {
  return runProgram(
    [
      options.ripgrep,
      '--no-config',
      '--files',
      '--hidden',
      '--null',
      ...(more.includes('--debug') ? [] : ['--no-messages']),
      '--no-require-git',
      ...[...neverEntered, ...(options.root === '/' ? kernelDirectories : [])].flatMap((name) => [
        '--glob',
        `!${name}`,
      ]),
      ...more,
    ],
    {
      cwd: options.root,
      timeoutMs: listTimeoutMs,
      maxBytes: maxListBytes,
      ...(signal ? { signal } : {}),
    },
  )
}

function cleanPath(path: string): string {
  const forward = process.platform === 'win32' ? path.replaceAll('\\', '/') : path
  return forward.startsWith('./') ? forward.slice(2) : forward
}

/** Size and time of a regular file; undefined where it is none. */
export function statFile(root: string, path: string): ListedFile | undefined {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat?.isFile()) return undefined
  return { path, size: stat.size, mtime: String(stat.mtimeMs) }
}
