/**
 * OpenCode's configuration: `permission` (an object by tool, of one action or of patterns) and `permissions` (a list of
 * action, resource, effect). There the last match decides, here the strictest: that never loosens.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts'
import type { PolicyRule, RuleDecision } from '../../contract/policy.ts'
import { commandRule, forbids, type Imported } from './imported.ts'

type Read = { rule: PolicyRule } | { why: string }

const everything = (pattern: string) => pattern === '*' || pattern === '**'

const tools: Readonly<Record<string, (pattern: string, decision: RuleDecision) => Read>> = {
  bash: commandRule,
  edit: (path, decision) => ({
    rule: { path: everything(path) ? '**' : path, effect: 'write', decision },
  }),
  read: (path, decision) => {
    if (!everything(path)) return { rule: { path, effect: 'read', decision } }
    return decision === 'allow'
      ? { why: 'codi reads the workspace without a question' }
      : { rule: { tool: 'read_file', decision } }
  },
  webfetch: (pattern, decision) => {
    if (everything(pattern)) return { rule: { tool: 'web_fetch', decision } }
    const host = /^https?:\/\/([^/*?]+)(?:\/\*?\*?)?$/.exec(pattern)?.[1]
    return host === undefined
      ? { why: 'codi has rules about hosts, not about addresses' }
      : { rule: { host, decision } }
  },
  websearch: named('web_search'),
  glob: named('glob'),
  grep: named('grep'),
  list: named('list_directory'),
  todowrite: named('todo'),
  question: named('ask_user'),
}

export function importOpencode(config: JsonObject): Imported {
  const result: Imported = { rules: [], left: [] }
  const { permission, permissions } = config
  if (typeof permission === 'string') take(result, { tool: '*', pattern: '*', effect: permission })
  if (isJsonObject(permission)) {
    for (const [tool, value] of Object.entries(permission)) {
      if (isJsonObject(value))
        for (const [pattern, effect] of Object.entries(value))
          take(result, { tool, pattern, effect })
      else take(result, { tool, pattern: '*', effect: value })
    }
  }
  for (const row of Array.isArray(permissions) ? permissions : []) {
    if (!isJsonObject(row)) continue
    take(result, {
      tool: String(row.action ?? ''),
      pattern: String(row.resource ?? '*'),
      effect: row.effect ?? null,
    })
  }
  return result
}

function take(
  result: Imported,
  { tool, pattern, effect }: { tool: string; pattern: string; effect: JsonValue },
): void {
  const decision = (['allow', 'ask', 'deny'] as const).find((known) => known === effect)
  const what = `${tool} ${pattern}: ${JSON.stringify(effect)}`
  if (decision === undefined) {
    result.left.push({ what, why: 'its effect is not allow, ask or deny', forbids: true })
    return
  }
  const read = tools[tool]?.(pattern, decision) ?? other(tool, pattern, decision)
  if ('rule' in read) result.rules.push(read.rule)
  else result.left.push({ what, why: read.why, forbids: forbids(decision) })
}

function other(tool: string, pattern: string, decision: RuleDecision): Read {
  if (tool === '*') {
    if (decision === 'allow')
      return {
        why: 'it allows everything; codi has --mode auto for that, and asks before dangerous commands',
      }
    return everything(pattern)
      ? { rule: { tool: '*', decision } }
      : { why: 'codi has no such rule' }
  }
  const mcp = /^mcp_\w+$/.test(tool) && everything(pattern)
  return mcp ? { rule: { tool, decision } } : { why: `codi has no tool like ${tool}` }
}

function named(tool: string): (pattern: string, decision: RuleDecision) => Read {
  return (pattern, decision) => {
    if (everything(pattern)) return { rule: { tool, decision } }
    return { why: `codi has no rules about what ${tool} is given` }
  }
}
