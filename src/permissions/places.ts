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
