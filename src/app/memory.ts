/**
 * What is remembered, for one app: a session is told of it at its start and never again, so that the prefix of its
 * requests stays; what a person adds later is told with the next message.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { holdsHome } from '../base/home.ts'
import { openMasker } from '../base/mask/masker.ts'
import { realPath } from '../base/paths.ts'
import { projectDirectory } from '../config/load.ts'
import type { CodiPaths } from '../config/paths.ts'
import { trustOf, trustWritten } from '../config/trust.ts'
import type { Memory } from '../contract/memory.ts'
import type { Settings } from '../contract/settings.ts'
import type { Workspace } from '../contract/tool.ts'
import { openMemory } from '../memory/memory.ts'
import { factLine, recalledText } from '../memory/recall.ts'
import type { Conversation } from './conversation.ts'

export interface AppMemory {
  /** For the person: what they add in the middle of a session is told to its model. */
  memory: Memory
  /** For the tool, whose model knows what it asked for. */
  quiet: Memory
  /** What the system prompt of this conversation says of it; empty where there is nothing. */
  remembered(conversation: Conversation): string
}

export function openAppMemory(options: {
  settings: Settings
  paths: CodiPaths
  workspace: Workspace
  env: Record<string, string | undefined>
  conversation(): Conversation
  tell(text: string): void
  today(): string
  warn(text: string): void
}): AppMemory {
  const { settings, paths, workspace, env } = options
  const home = env.HOME || homedir()
  const found = projectDirectory(workspace.root)
  const project = realPath(found) ?? found
  const isHome = holdsHome(project, realPath(home) ?? home)
  const about = { dataDirectory: paths.data, project, kind: 'memories' } as const
  const told = new WeakMap<Conversation, string>()
  const quiet = openMemory({
    userDirectory: paths.config,
    dataDirectory: paths.data,
    project: isHome ? undefined : project,
    earlierDirectory: join(home, '.codi'),
    isSecret: (text) => openMasker({ env, patterns: settings.secretPatterns }).mask(text) !== text,
    today: options.today,
    trust: {
      state() {
        const { state, files, refused } = trustOf(about)
        const [file] = files
        return {
          state,
          ...(file ? { text: file.text } : {}),
          ...(refused === undefined ? {} : { refused }),
        }
      },
      keep: (text) => trustWritten(about, text),
    },
  })

  function tell(text: string): void {
    if (told.has(options.conversation())) options.tell(`<memory>${text}</memory>`)
  }

  function read(): string {
    if (settings.memoryTokens === 0) return ''
    const files = quiet.files()
    for (const { path, why, state } of files)
      if (state === 'broken') options.warn(`Memories are not used: ${path}: ${why}`)
    let profile: ReturnType<Memory['profile']['rows']> = []
    try {
      profile = quiet.profile.rows()
    } catch (thrown) {
      options.warn(String(thrown instanceof Error ? thrown.message : thrown))
    }
    return recalledText({
      facts: files.filter(({ state }) => state === 'used').flatMap(({ facts }) => facts),
      profile,
      project,
      cwd: workspace.root,
      maxTokens: settings.memoryTokens,
    })
  }

  const memory: Memory = {
    ...quiet,
    async add(given) {
      const stored = await quiet.add(given)
      if (stored.outcome !== 'known')
        tell(`The user wants this remembered:\n${factLine(stored.fact)}`)
      return stored
    },
    async remove(facts) {
      const removed = await quiet.remove(facts)
      if (removed > 0) tell(`The user wants this forgotten:\n${facts.map(factLine).join('\n')}`)
      return removed
    },
  }

  return {
    memory,
    quiet,
    remembered(conversation) {
      const known = told.get(conversation)
      if (known !== undefined) return known
      const text = read()
      told.set(conversation, text)
      return text
    },
  }
}
