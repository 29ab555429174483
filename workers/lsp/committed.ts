/**
 * Programs that came with a repository's commits are not a person's own choice: opening a directory must not run them.
 * What `npm install` or `python -m venv` put there is not committed, and is used.
 */

import { programPath } from '../../src/base/program-path.ts'

const gitTimeoutMs = 5000

/** Answers whether git tracks a file, remembering each answer; nothing is tracked where there is no repository. */
export function createCommittedCheck(): (path: string, directory: string) => boolean {
  const known = new Map<string, boolean>()
  return (path, directory) => {
    const before = known.get(path)
    if (before !== undefined) return before
    const committed = isTracked(path, directory)
    known.set(path, committed)
    return committed
  }
}

function isTracked(path: string, directory: string): boolean {
  // The repository's own configuration must not start a program either.
  const git = programPath('git', { cwd: directory })
  if (git === undefined) return false
  const argv = [git, '-c', 'core.fsmonitor=false', 'ls-files', '--error-unmatch', '--', path]
  try {
    return Bun.spawnSync(argv, {
      cwd: directory,
      timeout: gitTimeoutMs,
      stdio: ['ignore', 'ignore', 'ignore'],
    }).success
  } catch {
    // Without git nobody cloned this.
    return false
  }
}
