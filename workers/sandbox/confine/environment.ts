/**
 * The environment of a command: the person's own without secrets, without the doors to agents and desktops that the
 * sandbox closes anyway, and without what would steer git from outside.
 */

/** Set in every confined command: `1`, so that a program can know why something is refused. */
export const sandboxedVariable = 'CODI_SANDBOXED'

/** Names that hold secrets, by a part of them. */
const secretNames: readonly RegExp[] = [
  /KEY(?!BOARD|MAP|TIMEOUT|WORD)/i,
  /TOKEN/i,
  /SECRET/i,
  /PASSW(?:OR)?D|PASSPHRASE|_PASS$|^PASS$|_PWD$/i,
  /CREDENTIAL/i,
  /(?:^|_)PAT$/i,
  /(?:^|_)AUTH$|_AUTH_|AUTHORIZATION|BEARER|COOKIE|SESSION_ID$/i,
  /(?:^|_)(?:DSN|CONNECTION_STRING|CONN_STR)$/i,
  /PRIVATE|SIGNATURE|WEBHOOK/i,
]

/** Families of vendors whose variables are about accounts, whatever the rest of the name. */
const secretFamilies: readonly RegExp[] = [
  /^(?:AWS|AZURE|ARM|GOOGLE|GCP|GCLOUD|CLOUDSDK|DIGITALOCEAN|LINODE|HCLOUD|OCI)_/,
  /^(?:OPENAI|ANTHROPIC|CLAUDE_CODE|GEMINI|MISTRAL|GROQ|DEEPSEEK|OPENROUTER|XAI|COHERE|HF|HUGGINGFACE)_/,
  /^(?:GITHUB|GH|GITLAB|BITBUCKET|CI_JOB|ACTIONS|CIRCLE|BUILDKITE)_.*(?:ID_|URL|JWT)/,
  // Settings that carry headers with tokens, all or none of them.
  /^GIT_CONFIG_(?:COUNT|KEY_|VALUE_|PARAMETERS)/,
  /^(?:STRIPE|TWILIO|SENDGRID|SLACK|DISCORD|TELEGRAM|SENTRY|DATADOG|DD|CLOUDFLARE|CF|VERCEL|NETLIFY|HEROKU|FLY|SUPABASE|PLANETSCALE|NGROK|DOPPLER|VAULT|OP|BW)_/,
]

/** Whoever has these reaches an agent, a bus or a display outside the sandbox; masked there, misleading here. */
const doors: readonly RegExp[] = [
  /^SSH_(?:AUTH_SOCK|AGENT_PID|ASKPASS|CONNECTION|CLIENT|TTY)$/,
  /^(?:GPG_(?:AGENT_INFO|TTY)|GNOME_KEYRING_(?:CONTROL|PID))$/,
  /^DBUS_/,
  /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|ICEAUTHORITY|SESSION_MANAGER|XDG_RUNTIME_DIR)$/,
  /^(?:TMUX|TMUX_PANE|STY|WEZTERM_UNIX_SOCKET|KITTY_LISTEN_ON|VSCODE_IPC_HOOK.*|VSCODE_GIT_.*)$/,
  /^(?:DOCKER_HOST|CONTAINER_HOST|PODMAN_.*|KUBECONFIG|NOTIFY_SOCKET|LISTEN_FDS|LISTEN_PID|INVOCATION_ID)$/,
]

/** Settings and programs that git would take from whoever started codi. */
const gitInjection =
  /^GIT_(?:CONFIG.*|DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_.*|NAMESPACE|COMMON_DIR|EXEC_PATH|TEMPLATE_DIR|ASKPASS|SSH|SSH_COMMAND|PROXY_COMMAND|EXTERNAL_DIFF|SEQUENCE_EDITOR|PAGER|EDITOR)$/

/** Code that would run before the command's own. */
const preloads = /^(?:LD_PRELOAD|LD_AUDIT|DYLD_.*|BASH_ENV|ENV|PROMPT_COMMAND|BASH_FUNC_.*)$/

/** `scheme://user:password@host`: a password in a value, whatever the name. */
const passwordInUrl = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i

/** Names that look like secrets and are none. */
const harmless =
  /^(?:XDG_SESSION_(?:ID|TYPE|CLASS)|KEYTIMEOUT|SSH_KEYGEN|COLORTERM|TERM.*|LESSKEY|GOPRIVATE|GONOSUMDB|CODI_COMMAND_ID|PWD|OLDPWD|SSH_AUTH_SOCK|GNOME_KEYRING_CONTROL)$/

export function isSecretName(name: string): boolean {
  if (harmless.test(name)) return false
  return [...secretNames, ...secretFamilies].some((pattern) => pattern.test(name))
}

export interface ScrubOptions {
  /** Names that the person wants kept all the same. */
  keep: readonly string[]
  /** The command runs in a sandbox: what leads out of it is taken away, too. */
  confined: boolean
}

/** What of `outer` a command inherits. */
export function scrubEnvironment(
  outer: Readonly<Record<string, string | undefined>>,
  { keep, confined }: ScrubOptions,
): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(outer)) {
    if (value === undefined) continue
    const isDropped = isSecret(name, value) || (confined && leadsOut(name))
    if (keep.includes(name) || !isDropped) kept[name] = value
  }
  return kept
}

function isSecret(name: string, value: string): boolean {
  return isSecretName(name) || passwordInUrl.test(value)
}

function leadsOut(name: string): boolean {
  return (
    gitInjection.test(name) || preloads.test(name) || doors.some((pattern) => pattern.test(name))
  )
}
