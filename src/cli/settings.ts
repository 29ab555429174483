/** From flags to settings: the topmost layer. */
import { resolve } from 'node:path'
import { closest } from '../base/closest.ts'
import type { Mode } from '../contract/permission.ts'
import type { Effort } from '../contract/provider.ts'
import type { Settings } from '../contract/settings.ts'
import { aliases } from '../tools/aliases.ts'
import { allTools } from '../tools/registry.ts'
import { type Arguments, flagValue, has, numberOf, usage, wholeNumberOf } from './args.ts'

export function settingsOfFlags(args: Arguments, cwd: string): Partial<Settings> {
  const text = (flag: string) => flagValue(args, flag)
  const given: { [K in keyof Settings]?: Settings[K] | undefined } = {
    provider: text('provider'),
    model: text('model'),
    baseUrl: text('base-url'),
    // `choices` in the flag table has checked these.
    mode: has(args, 'yes') ? 'auto' : (text('mode') as Mode | undefined),
    effort: text('effort') as Effort | undefined,
    sandbox: text('sandbox') as Settings['sandbox'] | undefined,
    color: text('color') as Settings['color'] | undefined,
    maxTurns: wholeNumberOf(args, 'max-turns', 1),
    maxCostUsd: numberOf(args, 'max-cost', 0),
    timeoutSeconds: numberOf(args, 'timeout', 0.001),
    contextWindow: wholeNumberOf(args, 'context-window', 1024),
    systemPrompt: text('system-prompt'),
    appendSystemPrompt: text('append-system-prompt'),
    tools: has(args, 'no-tools') ? false : undefined,
    index: has(args, 'no-index') ? false : undefined,
    audit: has(args, 'audit') ? true : undefined,
    toolNames: text('tools')
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map(knownTool),
    addDirs: args.flags.get('add-dir')?.map((path) => resolve(cwd, path)),
  }
  const settings: Partial<Settings> = {}
  for (const [key, value] of Object.entries(given))
    if (value !== undefined) Object.assign(settings, { [key]: value })
  return settings
}

/** The tool of that name, or of that name elsewhere (`Read`); a name that means none is a mistake. */
function knownTool(name: string): string {
  const names = allTools.map((tool) => tool.name)
  const found = names.includes(name) ? name : aliases.tools[name.toLowerCase()]
  if (found !== undefined) return found
  const near = closest(name, names, { limit: 1 })[0]
  const hint = near === undefined ? 'codi tool --list shows them' : `did you mean ${near}?`
  throw usage(`--tools: there is no tool "${name}"; ${hint}`)
}
