/** What the model is told about where it works. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { localMinute } from '../base/local-time.ts'
import { readSmallFile } from '../base/small-file.ts'
import type { Mode } from '../contract/permission.ts'
import type { Workspace } from '../contract/tool.ts'

export function describeEnvironment(options: {
  workspace: Workspace
  mode: Mode
  now: Date
}): { name: string; value: string }[] {
  const { workspace } = options
  const branch = gitBranch(workspace.root)
  return [
    { name: 'working directory', value: workspace.root },
    ...(workspace.added.length > 0
      ? [{ name: 'further directories', value: workspace.added.join(', ') }]
      : []),
    { name: 'platform', value: `${process.platform} ${process.arch}` },
    { name: 'date', value: localMinute(options.now.getTime()).slice(0, 10) },
    { name: 'git', value: branch ?? 'not a git repository' },
    { name: 'mode', value: modeTexts[options.mode] },
  ]
}

export const modeTexts: Record<Mode, string> = {
  plan: 'plan: read only; commands that only read may run, nothing may be changed. End with a plan.',
  ask: 'ask: the user is asked before edits, and before commands that do more than read',
  edit: 'edit: edits in the workspace are free, the user is asked before commands that do more than read',
  auto: 'auto: edits in the workspace and sandboxed commands are free, dangerous ones are asked for',
}

const maxGitFileBytes = 4096

/** The branch by git's own files, so that no process is started before the first prompt. */
function gitBranch(directory: string): string | undefined {
  const git = findUp(directory, '.git')
  if (git === undefined) return undefined
  try {
    const head = readSmallFile(join(gitDirectory(git), 'HEAD'), maxGitFileBytes).trim()
    const name = head.replace(/^ref: refs\/heads\//, '')
    return head === name ? `detached at ${head.slice(0, 10)}` : `branch ${name}`
  } catch {
    return undefined
  }
}

/** A worktree has a file `.git` that names the real directory. */
function gitDirectory(git: string): string {
  if (statSync(git).isDirectory()) return git
  const target = readSmallFile(git, maxGitFileBytes)
    .replace(/^gitdir:\s*/, '')
    .trim()
  return resolve(dirname(git), target)
}

function findUp(directory: string, name: string): string | undefined {
  for (let current = directory; ; current = dirname(current)) {
    const path = join(current, name)
    if (existsSync(path)) return path
    if (dirname(current) === current) return undefined
  }
}
