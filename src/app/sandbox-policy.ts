/** What commands of this session may do, from the settings: plain data for the sandbox worker. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { underHome } from '../base/home.ts'
import { isWithin } from '../base/paths.ts'
import type { CodiPaths } from '../config/paths.ts'
import type { SandboxPolicy } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import { credentialPlaces, protectedNames, startUpFiles } from '../permissions/places.ts'
import type { SandboxRules } from '../permissions/rules-for-sandbox.ts'

const megabyte = 1024 * 1024
const noRules: SandboxRules = { unreadableGlobs: [], protected: [], allowedHosts: [] }

/** Below the home directory, beside the start-up files: what runs by itself later. */
const startUpPlaces: readonly string[] = [
  ...['.bash_aliases', '.inputrc', '.xprofile', '.config/autostart', '.config/systemd'],
  ...['.config/environment.d', '.local/bin', '.local/share/applications', '.cargo/bin', 'bin'],
  ...['.vimrc', '.config/nvim', '.emacs', '.emacs.d', '.tmux.conf', '.config/Code/User', '.vscode'],
  ...['.cshrc', '.tcshrc', '.login', '.logout', '.kshrc', '.mkshrc', '.pam_environment'],
  ...['.xinitrc', '.xsession', '.xsessionrc', '.exrc', '.gdbinit', '.lldbinit', '.screenrc'],
  ...['.cargo/config', '.cargo/config.toml', '.config/pip', '.pip', '.config/direnv'],
  ...['.config/tmux', '.gradle/init.d', '.m2/settings.xml', '.bazelrc', '.irbrc'],
  'Library/LaunchAgents',
]

/** Names that only another agent obeys: where it was never used, no place is held for them in every project. */
const otherAgents: ReadonlySet<string> = new Set(['.agents', '.claude', '.codex'])

/** What a session in the root directory leaves alone: the system itself. */
const systemPlaces: readonly string[] = [
  ...['/bin', '/boot', '/etc', '/lib', '/lib32', '/lib64', '/opt', '/sbin', '/usr', '/var/lib'],
  ...['/var/spool', '/System', '/Library', '/Applications', '/private/etc'],
]

export function sandboxPolicy(options: {
  settings: Settings
  workspace: Pick<Workspace, 'root' | 'added'>
  paths: CodiPaths
  home: string
  /** What the rules say of paths and hosts. */
  rules?: SandboxRules
}): SandboxPolicy {
  const {
    settings,
    workspace,
    paths,
    home,
    rules = { ...noRules, allowedHosts: options.settings.allowHosts },
  } = options
  const directories = [workspace.root, ...workspace.added]
  const isReadOnly = settings.sandbox === 'read-only'
  const writable = isReadOnly ? [] : directories
  const kept = new Set(settings.readable.map((place) => underHome(place, home)))
  const isHeld = (name: string) => !otherAgents.has(name) || existsSync(join(home, name))
  const named = (names: readonly string[]) =>
    writable.flatMap((directory) => names.map((name) => join(directory, name)))
  const inside = (path: string) => writable.some((root) => path !== root && isWithin(path, root))
  return {
    mode: settings.sandbox,
    writable,
    ...(isReadOnly ? { visible: directories } : {}),
    protected: [
      ...named(protectedNames.filter(isHeld)),
      ...[paths.config, paths.cache, ...rules.protected].filter(inside),
      ...(writable.includes('/') ? systemPlaces : []),
    ],
    // Where a home directory is the workspace, what runs by itself later in it stays as it is.
    startUp: [
      ...[...startUpFiles, ...startUpPlaces].map((name) => join(home, name)).filter(inside),
      ...named(protectedNames.filter((name) => !isHeld(name))),
    ],
    unreadable: [...credentialPlaces.map((place) => join(home, place)), paths.data].filter(
      (path) => !kept.has(path),
    ),
    unreadableGlobs: [...settings.unreadable, ...rules.unreadableGlobs],
    network: settings.network,
    allowedHosts: rules.allowedHosts,
    keepEnvironment: settings.keepEnvironment,
    limits: {
      cpuSeconds: settings.commandCpuSeconds,
      memoryBytes: settings.commandMemoryMb * megabyte,
      processes: settings.commandProcesses,
      fileBytes: settings.commandFileMb * megabyte,
    },
  }
}
