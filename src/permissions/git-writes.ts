/**
 * Which commands cannot work unless `.git` is writable: once one of them is allowed, it is opened for it. Broader than
 * the category `git-commit`, which says what a rule may allow: what can throw work away is asked for each time, but
 * once a person has said yes it has to work.
 */
import { basename } from 'node:path'

const writers = new Set(
  [
    'add stage commit mv rm stash switch checkout restore reset merge cherry-pick revert rebase pull fetch push clone',
    'init tag branch notes bisect am apply submodule worktree remote reflog lfs clean gc prune repack pack-refs',
    'update-ref update-index symbolic-ref replace read-tree write-tree commit-tree hash-object mktag mktree',
    'filter-branch filter-repo sparse-checkout rerere maintenance subtree svn',
  ].flatMap((line) => line.split(' ')),
)

/** Options of git itself whose value is the next word. */
const valued = new Set([
  ...['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--config-env'],
  ...['--super-prefix', '--attr-source'],
])

/** Of one simple command. What only shows is also in here: where all of a command only reads, nobody should ask. */
export function writesRepository(argv: readonly string[]): boolean {
  if (basename(argv[0] ?? '') !== 'git') return false
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (valued.has(word)) at++
    else if (!word.startsWith('-')) return writers.has(word)
  }
  return false
}
