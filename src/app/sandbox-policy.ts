/** What commands of this session may do, from the settings: plain data for the sandbox worker. */
import { join, resolve } from 'node:path'
import type { CodiPaths } from '../config/paths.ts'
import type { SandboxPolicy } from '../contract/sandbox-service.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import { credentialPlaces, protectedNames } from '../permissions/places.ts'

const megabyte = 1024 * 1024

export function sandboxPolicy(options: {
  settings: Settings
  workspace: Workspace
  paths: CodiPaths
  home: string
}): SandboxPolicy {
  const { settings, workspace, paths, home } = options
  const writable = settings.sandbox === 'read-only' ? [] : [workspace.root, ...workspace.added]
  return {
    mode: settings.sandbox,
    writable,
    protected: writable.flatMap((directory) => protectedNames.map((name) => join(directory, name))),
    unreadable: [...credentialPlaces.map((place) => join(home, place)), paths.data].filter(
      (path) => !settings.readable.some((kept) => resolve(home, kept.replace(/^~\//, '')) === path),
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
