/**
 * Places with a meaning: credentials that nobody reads, files of the project that decide what runs later, files that
 * are asked for before they are read. The gate judges tools by them, the sandbox is given them as data.
 */

/** Below the home directory: keys, tokens, sessions. A directory means everything in it. */
export const credentialPlaces: readonly string[] = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.config/gcloud',
  '.config/gh',
  '.config/hub',
  '.config/glab-cli',
  '.config/op',
  '.config/rclone',
  '.config/doctl',
  '.config/heroku',
  '.netrc',
  '.git-credentials',
  '.config/git/credentials',
  '.docker/config.json',
  '.kube',
  '.npmrc',
  '.yarnrc.yml',
  '.pypirc',
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.gem/credentials',
  '.terraform.d/credentials.tfrc.json',
  '.vault-token',
  '.password-store',
  '.local/share/keyrings',
  '.mozilla',
  '.config/google-chrome',
  '.config/chromium',
  '.config/BraveSoftware',
  '.config/microsoft-edge',
  '.claude/.credentials.json',
  '.codex/auth.json',
  '.local/share/opencode/auth.json',
  '.bash_history',
  '.zsh_history',
  '.python_history',
  '.psql_history',
  'Library/Keychains',
  'Library/Application Support/Google/Chrome',
  'Library/Application Support/Firefox',
  'Library/Cookies',
]

/** Names in the root of a workspace that stay read-only: they decide what git, codi or another agent runs later. */
export const protectedNames: readonly string[] = [
  '.git',
  '.codi',
  '.codi.json',
  '.codi.local.json',
  '.agents',
  '.claude',
  '.codex',
]

/** In a home directory: what a shell runs when it starts, and what git obeys everywhere. */
export const startUpFiles: readonly string[] = [
  '.bashrc',
  '.bash_profile',
  '.bash_login',
  '.bash_logout',
  '.profile',
  '.zshrc',
  '.zshenv',
  '.zprofile',
  '.zlogin',
  '.zlogout',
  '.config/fish',
  '.gitconfig',
  '.config/git',
]

export interface PlaceRow {
  /** Matched against a path whose names are folded (see path-names.ts), with `/`. */
  pattern: RegExp
  reason: string
}

/** No tool writes these, whoever allows it. */
export const refusedPlaces: readonly PlaceRow[] = [
  { pattern: /(?:^|\/)\.git(?:\/|$)/, reason: 'git keeps its own files; use git commands' },
]

/** No tool reads these, whoever allows it. */
export const unreadablePlaces: readonly PlaceRow[] = [
  {
    pattern: /^\/proc\/[^/]+\/(?:task\/[^/]+\/)?(?:environ|mem)$/,
    reason: "it holds another program's secrets",
  },
]

/** Their change is asked for in every mode: they decide what codi, another agent or a shell runs later. */
export const dangerousPlaces: readonly PlaceRow[] = [
  { pattern: /(?:^|\/)\.codi(?:\.local)?(?:\/|\.json$|$)/, reason: "changes codi's own settings" },
  {
    pattern: /(?:^|\/)\.(?:agents|claude|codex)(?:\/|$)/,
    reason: 'changes what another agent runs or obeys',
  },
  {
    pattern:
      /(?:^|\/)(?:\.(?:bash|zsh)(?:rc|_profile|_login|_logout|env)|\.z?profile|\.zlogin|\.zlogout|\.kshrc|\.envrc)$/,
    reason: 'changes shell start-up',
  },
  { pattern: /(?:^|\/)\.(?:ssh|aws|gnupg)(?:\/|$)/, reason: 'touches credentials' },
  { pattern: /(?:^|\/)\.(?:husky|githooks)(?:\/|$)/, reason: 'changes git hooks' },
  { pattern: /(?:^|\/)\.(?:gitconfig|gitmodules)$/, reason: 'decides what git runs later' },
]
