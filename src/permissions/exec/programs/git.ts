/** git, by subcommand: what only shows, what commits, what throws work away, what publishes. */
import type { Family, OptionRow, Row } from '../row.ts'

/** Options by which the commands that show something write files or run programs. */
const showOptions: readonly OptionRow[] = [
  { names: '--output', text: 'writes its result to a file', act: 'writes', danger: true },
  { names: '--ext-diff', text: 'runs a program that the settings name', danger: true },
  { names: '--open-files-in-pager', text: 'runs a program', danger: true },
  { names: '--upload-pack --receive-pack --exec', text: 'runs a program', danger: true },
]

const values =
  '-n --max-count --skip --since --after --until --before --author --committer --grep -S -G -L -U --unified --format --pretty --date --diff-filter -C --cwd -M -O -e -A -B --max-depth -m -b --branch -t --list --contains --no-contains --merged --no-merged --points-at --sort --exclude -x -X'

const shows = {
  act: 'reads',
  category: 'git-safe',
  text: 'shows what git knows',
  operands: 'contents',
  options: showOptions,
  values,
} as const satisfies Row

const commits = { act: 'writes', category: 'git-commit', remember: 2 } as const
const throwsAway = { act: 'writes', text: 'can throw work away', danger: true } as const
const skipsHooks: OptionRow = {
  names: '--no-verify',
  text: 'skips the checks of the project',
  danger: true,
}

const subcommands: Family = {
  'status log show shortlog describe rev-parse rev-list ls-files ls-tree blame annotate diff diff-tree diff-index diff-files merge-base name-rev for-each-ref show-ref show-branch whatchanged count-objects check-ignore check-attr check-mailmap check-ref-format cherry range-diff var version get-tar-commit-id patch-id stripspace column diff-pairs':
    shows,
  'cat-file': {
    ...shows,
    options: [
      ...showOptions,
      { names: '--filters --textconv', text: 'runs programs that the settings name' },
    ],
  },
  grep: {
    ...shows,
    operands: 'pattern',
    values: '-e -f -A -B -C -m --max-depth --max-count --threads',
    options: [...showOptions, { names: '-O', text: 'runs a program', danger: true }],
  },
  help: { ...shows, options: [{ names: '-w --web', text: 'opens a browser' }] },
  fsck: { ...shows, options: [{ names: '--lost-found', text: 'writes files', act: 'writes' }] },
  'verify-commit verify-tag merge-tree': {
    act: 'runs',
    text: 'runs another program, or writes',
    remember: 2,
  },
  reflog: {
    ...shows,
    sub: {
      'show list exists': shows,
      'expire delete drop': throwsAway,
    },
  },
  branch: {
    ...shows,
    values:
      '-u --set-upstream-to --contains --no-contains --merged --no-merged --points-at --sort --format',
    special: 'git-branch',
    options: [
      { names: '-D', text: 'can throw commits away', danger: true },
      { names: '-f --force -M -C', text: 'moves a branch away from its commits', danger: true },
      {
        names:
          '-d --delete -m --move -c --copy -u --set-upstream-to --unset-upstream --edit-description --track -t --no-track --create-reflog',
        text: 'changes branches',
        act: 'writes',
      },
    ],
  },
  tag: {
    ...shows,
    values:
      '-m --message -F --file -u --local-user --sort --format --contains --no-contains --merged --no-merged --points-at',
    special: 'git-branch',
    options: [
      { names: '-f --force', text: 'moves a tag', danger: true },
      {
        names:
          '-d --delete -a --annotate -s --sign -u --local-user -m --message -F --file -e --edit',
        text: 'changes tags',
        act: 'writes',
      },
    ],
  },
  remote: {
    ...shows,
    sub: {
      'get-url': shows,
      show: { act: 'network', text: 'asks another machine', remember: 3 },
      'add rename remove rm set-url set-head set-branches': {
        act: 'writes',
        text: 'changes where commits are sent to and fetched from',
        danger: true,
      },
      'update prune': { act: 'network', text: 'fetches from other machines', remember: 3 },
    },
  },
  stash: {
    ...commits,
    text: 'puts changes aside',
    sub: {
      'list show': shows,
      'push save apply pop create store branch': {
        ...commits,
        text: 'puts changes aside',
        remember: 3,
      },
      'drop clear': throwsAway,
    },
  },
  config: {
    act: 'writes',
    text: 'changes the settings of git',
    special: 'git-config',
    remember: 0,
  },
  worktree: {
    act: 'writes',
    text: 'changes work trees',
    sub: {
      list: shows,
      'add lock unlock move repair prune': {
        act: 'writes',
        text: 'changes work trees',
        remember: 3,
      },
      remove: throwsAway,
    },
  },
  submodule: {
    ...shows,
    sub: {
      'status summary': shows,
      foreach: { act: 'runs', text: 'runs a command in every submodule', danger: true },
      'add init update deinit sync set-branch set-url absorbgitdirs': {
        act: 'network',
        text: 'changes submodules',
        remember: 3,
      },
    },
  },
  notes: {
    ...shows,
    sub: {
      'list show': shows,
      'add append edit copy remove prune merge': { act: 'writes', text: 'changes notes' },
    },
  },
  bisect: {
    act: 'writes',
    text: 'searches for a commit',
    sub: {
      log: shows,
      'view visualize': { act: 'runs', text: 'opens a program', remember: 3 },
      run: {
        act: 'runs',
        text: 'runs a command for every commit',
        special: 'wrapper',
        remember: 0,
      },
      'start good bad new old skip reset replay terms': {
        act: 'writes',
        text: 'searches for a commit',
        remember: 2,
      },
    },
  },
  lfs: {
    act: 'network',
    text: 'handles large files',
    sub: {
      'ls-files status env version': shows,
      'install track untrack fetch pull push prune migrate lock unlock locks checkout clone': {
        act: 'network',
        text: 'handles large files',
        remember: 3,
      },
    },
  },
  'add stage': {
    ...commits,
    text: 'adds files to the next commit',
    options: [
      { names: '-f --force', text: 'adds what is to be ignored', act: 'writes' },
      {
        names: '-i --interactive -p --patch -e --edit',
        text: 'opens a dialogue or an editor',
        act: 'runs',
      },
    ],
  },
  commit: {
    ...commits,
    text: 'commits',
    values:
      '-m --message -F --file -C -c --author --date -t --template --fixup --squash --trailer --cleanup',
    options: [
      skipsHooks,
      { names: '-n', text: 'skips the checks of the project', danger: true },
      { names: '--amend', text: 'rewrites the last commit', danger: true },
    ],
  },
  'mv rm': {
    ...commits,
    text: 'moves or removes files',
    options: [{ names: '-f --force', text: 'can throw work away', danger: true }],
  },
  switch: {
    ...commits,
    text: 'switches branches',
    values: '-c --create --orphan',
    options: [
      {
        names: '-f --force --discard-changes -C --force-create',
        text: 'can throw work away',
        danger: true,
      },
    ],
  },
  checkout: {
    ...commits,
    text: 'switches branches',
    special: 'git-checkout',
    values: '-b --orphan',
    options: [
      {
        names: '-f --force -B --ours --theirs -p --patch --pathspec-from-file',
        text: 'can throw work away',
        danger: true,
      },
    ],
  },
  restore: {
    ...commits,
    text: 'takes files back to what was committed',
    special: 'git-checkout',
    values: '-s --source',
  },
  reset: {
    act: 'writes',
    category: 'git-commit',
    text: 'takes files out of the next commit',
    options: [{ names: '--hard --merge --keep', text: 'can throw work away', danger: true }],
  },
  'clean rebase filter-branch filter-repo gc prune repack pack-refs update-ref replace symbolic-ref read-tree checkout-index update-index am':
    throwsAway,
  'merge cherry-pick revert': {
    act: 'writes',
    text: 'brings in commits',
    remember: 2,
    options: [
      skipsHooks,
      { names: '--abort --quit --strategy-option -X', text: 'can throw work away', danger: true },
      { names: '-s --strategy', text: 'runs a program of that name', danger: true },
      { names: '-x --exec', text: 'runs a command', act: 'writes' },
    ],
  },
  apply: {
    act: 'writes',
    text: 'changes files by a patch',
    remember: 2,
    options: [{ names: '--unsafe-paths', text: 'writes outside the work tree', danger: true }],
  },
  'fetch pull clone ls-remote': {
    act: 'network',
    text: 'fetches from another machine',
    remember: 2,
    options: [
      { names: '--upload-pack -u --exec --receive-pack', text: 'runs a program', danger: true },
      {
        names: '-c --config --template',
        text: 'changes settings that decide what git runs',
        danger: true,
      },
      { names: '-f --force --rebase -r', text: 'can throw work away', danger: true },
    ],
  },
  push: {
    act: 'network',
    text: 'publishes commits',
    remember: 2,
    special: 'git-push',
    options: [
      {
        names: '-f --force --force-with-lease --force-if-includes --mirror',
        text: 'overwrites what others pushed',
        danger: true,
      },
      { names: '-d --delete --prune', text: 'deletes branches that others use', danger: true },
      skipsHooks,
      { names: '--receive-pack --exec', text: 'runs a program', danger: true },
    ],
  },
  'send-email request-pull send-pack http-push svn p4 cvsserver daemon http-backend instaweb': {
    act: 'network',
    text: 'publishes commits, or opens a server',
    danger: true,
  },
  'archive bundle format-patch': {
    act: 'writes',
    text: 'writes commits to files',
    remember: 2,
    options: [{ names: '--remote --exec', text: 'runs a program', danger: true }],
  },
  init: {
    act: 'writes',
    text: 'makes a repository',
    remember: 2,
    options: [
      {
        names: '--template --separate-git-dir',
        text: 'takes hooks from a directory',
        danger: true,
      },
    ],
  },
  'difftool mergetool gui gitk citool web--browse': {
    act: 'runs',
    text: 'runs a program that the settings name',
    danger: true,
  },
  'credential credential-store credential-cache': {
    act: 'system',
    text: 'touches credentials',
    danger: true,
  },
  maintenance: { act: 'system', text: 'runs commands later', danger: true },
  'sparse-checkout rerere hook': { act: 'writes', text: 'changes the work tree', remember: 0 },
}

export const git: Family = {
  git: {
    act: 'reads',
    text: 'shows its help',
    category: 'git-safe',
    operands: 'text',
    sub: subcommands,
    globals:
      '-C -c --git-dir --work-tree --namespace --config-env --super-prefix --exec-path --attr-source',
    options: [
      {
        names: '-c --config-env',
        text: 'changes settings that decide what git runs',
        danger: true,
      },
      { names: '--exec-path', text: 'runs git commands of another directory', danger: true },
      {
        names: '--git-dir --work-tree --namespace --attr-source',
        text: 'works on another repository, whose settings decide what runs',
      },
      { names: '-p --paginate', text: 'shows its text through a pager', act: 'runs' },
    ],
  },
  'hg svn jj bzr fossil sl': {
    act: 'writes',
    text: 'changes a repository, or runs what its settings name',
    remember: 2,
  },
}
