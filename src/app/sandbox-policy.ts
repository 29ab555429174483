/** What commands of this session may do, from the settings: plain data for the sandbox worker. */
import { join, resolve } from 'node:path'
import type { CodiPaths } from '../config/paths.ts'
import type { SandboxPolicy } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import { credentialPlaces, protectedNames } from '../permissions/places.ts'

const megabyte = 1024 * 1024

/** Below the home directory: what runs by itself later. Only of weight where home, or what is around it, is writable. */
const startupPlaces: readonly string[] = [
  ...['.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile'],
  ...['.zshrc', '.zshenv', '.zprofile', '.zlogin', '.zlogout', '.inputrc', '.xprofile'],
  ...['.gitconfig', '.config/git', '.config/fish', '.config/autostart', '.config/systemd'],
  ...['.config/environment.d', '.local/bin', '.local/share/applications', '.cargo/bin', 'bin'],
  ...['.vimrc', '.config/nvim', '.emacs', '.emacs.d', '.tmux.conf', '.config/Code/User', '.vscode'],
  ...['.config/codi', 'Library/LaunchAgents'],
]

/** What a session in the root directory leaves alone: the system itself. */
const systemPlaces: readonly string[] = [
  ...['/bin', '/boot', '/etc', '/lib', '/lib32', '/lib64', '/opt', '/sbin', '/usr', '/var/lib'],
  ...['/var/spool', '/System', '/Library', '/Applications', '/private/etc'],
]

export function sandboxPolicy(options: {
  settings: Settings
  workspace: Workspace
  paths: CodiPaths
  home: string
}): SandboxPolicy {
  const { settings, workspace, paths, home } = options
  const directories = [workspace.root, ...workspace.added]
  const isReadOnly = settings.sandbox === 'read-only'
  const writable = isReadOnly ? [] : directories
  const kept = new Set(settings.readable.map((place) => resolve(home, place.replace(/^~\//, ''))))
  return {
    mode: settings.sandbox,
    writable,
    ...(isReadOnly ? { visible: directories } : {}),
    protected: [
      ...writable.flatMap((directory) => protectedNames.map((name) => join(directory, name))),
      ...[paths.config, paths.cache].filter((path) => lies(path, writable)),
      ...startupPlaces.map((place) => join(home, place)).filter((path) => lies(path, writable)),
      ...(writable.includes('/') ? systemPlaces : []),
    ],
    unreadable: [...credentialPlaces.map((place) => join(home, place)), paths.data].filter(
      (path) => !kept.has(path),
    ),
    unreadableGlobs: settings.unreadable,
    network: settings.network,
    allowedHosts: settings.allowHosts,
    keepEnvironment: settings.keepEnvironment,
    limits: {
      cpuSeconds: settings.commandCpuSeconds,
      memoryBytes: settings.commandMemoryMb * megabyte,
      processes: settings.commandProcesses,
      fileBytes: settings.commandFileMb * megabyte,
    },
  }
}

/** Inside a directory, and not the directory itself. */
function lies(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => path.startsWith(directory === '/' ? '/' : `${directory}/`))
}
