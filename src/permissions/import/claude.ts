/** Claude Code's settings.json: `permissions` with lists `allow`, `ask`, `deny` of `Tool` and `Tool(pattern)`. */
import { isJsonObject, type JsonObject } from '../../base/json.ts'
import type { PolicyRule, RuleDecision } from '../../contract/policy.ts'
import { commandRule, forbids, type Imported } from './imported.ts'

const decisions: readonly RuleDecision[] = ['allow', 'ask', 'deny']

/** Their tools that read or write files: which effect a pattern has. */
const fileTools: Readonly<Record<string, { effect: 'read' | 'write'; tool: string }>> = {
  Read: { effect: 'read', tool: 'read_file' },
  Glob: { effect: 'read', tool: 'glob' },
  Grep: { effect: 'read', tool: 'grep' },
  LS: { effect: 'read', tool: 'list_directory' },
  Edit: { effect: 'write', tool: 'edit_file' },
  MultiEdit: { effect: 'write', tool: 'edit_file' },
  Write: { effect: 'write', tool: 'write_file' },
  NotebookEdit: { effect: 'write', tool: 'edit_file' },
}

export function importClaude(settings: JsonObject): Imported {
  const result: Imported = { rules: [], left: [] }
  const permissions = settings.permissions
  if (!isJsonObject(permissions)) return result
  for (const decision of decisions) {
    const list = permissions[decision]
    for (const entry of Array.isArray(list) ? list : []) {
      const read = typeof entry === 'string' ? ruleOf(entry, decision) : { why: 'it is no text' }
      if ('rule' in read) result.rules.push(read.rule)
      else
        result.left.push({
          what: `${decision} ${String(entry)}`,
          why: read.why,
          forbids: forbids(decision),
        })
    }
  }
  for (const key of ['additionalDirectories', 'defaultMode', 'disableBypassPermissionsMode']) {
    if (permissions[key] === undefined) continue
    const why = 'it is no rule; codi has --add-dir, --mode and its settings'
    result.left.push({ what: key, why, forbids: false })
  }
  return result
}

function ruleOf(entry: string, decision: RuleDecision): { rule: PolicyRule } | { why: string } {
  const found = /^([A-Za-z][\w-]*)(?:\(([\s\S]*)\))?$/.exec(entry.trim())
  if (!found) return { why: 'it is not of the form Tool or Tool(pattern)' }
  const [, tool = '', pattern] = found
  if (tool === 'Bash') return commandRule(pattern ?? '*', decision)
  const files = fileTools[tool]
  if (files) return fileRule(files, pattern, decision)
  if (tool === 'WebFetch') {
    const host = /^domain:(.+)$/.exec(pattern ?? '')?.[1]
    if (host !== undefined) return { rule: { host: host.trim(), decision } }
    if (pattern === undefined) return { rule: { tool: 'web_fetch', decision } }
    return { why: 'only domain:HOST is understood' }
  }
  if (tool === 'WebSearch') return { rule: { tool: 'web_search', decision } }
  const server = /^mcp__(.+?)(?:__(.+))?$/.exec(entry.trim())
  if (server) return { rule: { tool: `mcp_${server[1]}_${server[2] ?? '*'}`, decision } }
  return { why: `codi has no tool like ${tool}` }
}

function fileRule(
  { effect, tool }: { effect: 'read' | 'write'; tool: string },
  pattern: string | undefined,
  decision: RuleDecision,
): { rule: PolicyRule } | { why: string } {
  if (pattern === undefined || pattern === '*' || pattern === '**') {
    if (effect === 'write') return { rule: { path: '**', effect, decision } }
    return decision === 'allow'
      ? { why: 'codi reads the workspace without a question' }
      : { rule: { tool, decision } }
  }
  // `//` begins an absolute path, `/` one below the project; the rest is as in .gitignore.
  const path = pattern.startsWith('//')
    ? pattern.slice(1)
    : pattern.startsWith('/')
      ? `.${pattern}`
      : pattern
  return { rule: { path, effect, decision } }
}
