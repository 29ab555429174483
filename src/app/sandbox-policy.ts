/** What commands of this session may do, from the settings: plain data for the sandbox worker. */
import { join, resolve } from 'node:path'
import type { CodiPaths } from '../config/paths.ts'
import type { SandboxPolicy } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import { isWithin } from '../permissions/path-names.ts'
import { credentialPlaces, protectedNames, startUpFiles } from '../permissions/places.ts'
import type { SandboxRules } from '../permissions/rules-for-sandbox.ts'

const megabyte = 1024 * 1024
const noRules: SandboxRules = { unreadableGlobs: [], protected: [], allowedHosts: [] }

export function sandboxPolicy(options: {
  settings: Settings
  workspace: Workspace
  paths: CodiPaths
  home: string
  /** What the rules say of paths and hosts. */
  rules?: SandboxRules
}): SandboxPolicy {
  const { settings, workspace, paths, home, rules = noRules } = options
  const writable = settings.sandbox === 'read-only' ? [] : [workspace.root, ...workspace.added]
  return {
    mode: settings.sandbox,
    writable,
    protected: [
      ...writable.flatMap((directory) => protectedNames.map((name) => join(directory, name))),
      // Where a home directory is the workspace, its start-up files and codi's own settings stay as they are.
      ...[...startUpFiles.map((name) => join(home, name)), paths.config, ...rules.protected].filter(
        (path) => writable.some((directory) => isWithin(path, directory)),
      ),
    ],
    unreadable: [...credentialPlaces.map((place) => join(home, place)), paths.data].filter(
      (path) => !settings.readable.some((kept) => resolve(home, kept.replace(/^~\//, '')) === path),
    ),
    unreadableGlobs: [...settings.unreadable, ...rules.unreadableGlobs],
    network: settings.network,
    allowedHosts: [...settings.allowHosts, ...rules.allowedHosts],
    keepEnvironment: settings.keepEnvironment,
    limits: {
      cpuSeconds: settings.commandCpuSeconds,
      memoryBytes: settings.commandMemoryMb * megabyte,
      processes: settings.commandProcesses,
      fileBytes: settings.commandFileMb * megabyte,
    },
  }
}
