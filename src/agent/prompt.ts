/**
 * The system prompt, from parts: the most stable first, so that a provider's prompt cache holds. Everything read from
 * disk comes in as data.
 */
import type { JsonObject } from '../base/json.ts'
import type { ToolSpec } from '../contract/provider.ts'
import type { AnyTool } from '../contract/tool.ts'
import base from './prompt.md' with { type: 'text' }

export interface Instructions {
  source: string
  text: string
}

export interface PromptParts {
  /** Replaces codi's own first part. */
  systemPrompt?: string
  appendSystemPrompt?: string
  environment: { name: string; value: string }[]
  /** Project and user instructions, the widest first. */
  instructions: readonly Instructions[]
  /** What is remembered from earlier sessions. */
  remembered?: string
  /** Set when the model has no native calls: its tools are then described here. */
  textTools?: readonly AnyTool[]
}

export function buildSystemPrompt(parts: PromptParts): { text: string; stable: boolean }[] {
  const environment = parts.environment.map((row) => `- ${row.name}: ${row.value}`).join('\n')
  const sections = [
    parts.systemPrompt ?? base.trim(),
    parts.textTools ? textToolSection(parts.textTools) : '',
    instructionSection(parts.instructions),
    parts.appendSystemPrompt ?? '',
  ].filter((section) => section !== '')
  return [
    { text: sections.join('\n\n'), stable: true },
    {
      text: [`# Environment\n${environment}`, parts.remembered ?? '']
        .filter((section) => section !== '')
        .join('\n\n'),
      stable: false,
    },
  ]
}

export function toolSpecs(tools: readonly AnyTool[]): ToolSpec[] {
  return tools.map((tool) => ({
    name: tool.name,
    description: tool.text.trim(),
    // TypeBox schemas are JSON Schema; the copy drops their symbols.
    parameters: JSON.parse(JSON.stringify(tool.input)) as JsonObject,
  }))
}

function instructionSection(instructions: readonly Instructions[]): string {
  if (instructions.length === 0) return ''
  return `# Instructions of this project and its user\n${instructionBlocks(instructions)}`
}

/** Instructions as the model reads them, wherever they stand: what orders come from where. */
export function instructionBlocks(instructions: readonly Instructions[]): string {
  return instructions
    .map(({ source, text }) => `<instructions from="${source}">\n${text.trim()}\n</instructions>`)
    .join('\n')
}

function textToolSection(tools: readonly AnyTool[]): string {
  const rows = toolSpecs(tools).map((spec) => JSON.stringify(spec))
  return [
    '# Tools',
    'To call a tool, end your message with one JSON object in a fenced block and nothing after it:',
    '```json\n{"name": "read_file", "arguments": {"path": "src/main.ts"}}\n```',
    'The result arrives in the next message. The tools are:',
    ...rows,
  ].join('\n')
}
