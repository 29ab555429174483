/** What a repository brings, in lines for the person who is to trust it. */
import { neutralize, oneLine, plural } from '../base/text.ts'
import type { TrustedContent, TrustKind, TrustReview } from '../contract/trust.ts'

/** All that can be trusted at once (config/trust-files.ts) is shown. */
const maxLines = 500
const maxChars = 1000

const titles: Record<TrustKind, string> = {
  rules: 'rules that allow without a question',
  settings: 'local settings that loosen something',
  hooks: 'hooks',
  servers: 'MCP servers',
  commands: 'commands',
  agents: 'agents',
  skills: 'skills',
  memories: 'memories that a model would be told as yours',
}

export function trustLines({ project, contents }: TrustReview): string[] {
  const changed = contents.some(({ state }) => state === 'changed')
  const head = changed
    ? `${neutralize(project)} was trusted and has changed since; it brings:`
    : `${neutralize(project)} brings:`
  return [head, ...contents.filter(({ state }) => state !== 'trusted').flatMap(contentLines)]
}

function contentLines({ kind, state, tells, refused }: TrustedContent): string[] {
  const mark = state === 'changed' ? ' (changed)' : ''
  if (refused !== undefined)
    return [`  ${titles[kind]}: cannot be trusted: ${oneLine(neutralize(refused), maxChars)}`]
  const shown = tells.slice(0, maxLines).map((line) => `    ${oneLine(neutralize(line), maxChars)}`)
  const more = tells.length - shown.length
  return [
    `  ${titles[kind]}${mark}:`,
    ...shown,
    ...(more > 0 ? [`    and ${plural(more, 'more', 'more')}`] : []),
  ]
}

/** Where nobody is asked: one line. */
export const untrustedNotice =
  'This repository brings rules that allow commands without a question, or memories for the model; they are ignored until you trust it: codi trust shows them'
