/**
 * What a model meant: a tool name or parameter that is nearly right is put right, and the result says so. What cannot
 * be put right becomes an error that the model can read and act on.
 */
import { type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { jsonrepair } from 'jsonrepair'
import { closest, similarity } from '../base/closest.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts'
import { oneLine } from '../base/text.ts'
import type { CallBlock } from '../contract/message.ts'
import type { AnyTool } from '../contract/tool.ts'
import type { NameAliases } from './config.ts'

export type Resolved =
  | { ok: true; tool: AnyTool; input: JsonObject; notes: string[] }
  | { ok: false; tool: AnyTool | undefined; message: string }

/** Names at least this alike are taken as meant, when nothing else is nearly as alike. */
const autoCorrect = 0.8
const autoCorrectMargin = 0.05

export function resolveCall(
  call: CallBlock,
  tools: readonly AnyTool[],
  aliases: NameAliases,
): Resolved {
  const tool = findTool(call.name, tools, aliases)
  if (!tool) return { ok: false, tool, message: unknownTool(call.name, tools) }
  if (call.malformed !== undefined) return { ok: false, tool, message: malformedText(call, tool) }
  const notes = tool.name === call.name ? [] : [`tool ${call.name} is called ${tool.name}`]
  const { input, renamed } = renameParameters(call.input, tool, aliases)
  notes.push(...renamed)
  const repaired = repairValues(input, tool.input)
  if (isJsonObject(repaired) && Value.Check(tool.input, repaired))
    return { ok: true, tool, input: repaired, notes }
  return { ok: false, tool, message: invalidText(tool, repaired) }
}

/** The tool of that name, or the one that is meant by it. */
export function findTool(
  name: string,
  tools: readonly AnyTool[],
  aliases: NameAliases,
): AnyTool | undefined {
  const plain = name.trim().replace(/^(functions?|tools?|default_api)[.:/]/, '')
  const byName = (wanted: string) => tools.find((tool) => tool.name === wanted)
  const exact = byName(plain)
  if (exact) return exact
  const alias = aliases.tools[plain] ?? aliases.tools[plain.toLowerCase()]
  if (alias !== undefined) return byName(alias)
  const ranked = tools
    .map((tool) => ({ tool, score: similarity(plain, tool.name) }))
    .sort((a, b) => b.score - a.score)
  const best = ranked[0]
  if (!best || best.score < autoCorrect) return undefined
  if (ranked[1] && best.score - ranked[1].score < autoCorrectMargin) return undefined
  return best.tool
}

function renameParameters(
  input: JsonObject,
  tool: AnyTool,
  aliases: NameAliases,
): { input: JsonObject; renamed: string[] } {
  const known = Object.keys(propertiesOf(tool.input))
  const result: JsonObject = {}
  const renamed: string[] = []
  const unknown = Object.entries(input).filter(([name]) => !known.includes(name))
  for (const [name, value] of Object.entries(input)) if (known.includes(name)) result[name] = value
  for (const [name, value] of unknown) {
    const free = known.filter((candidate) => !(candidate in result))
    const target =
      aliases.parameters[name]?.find((candidate) => free.includes(candidate)) ??
      closest(name, free, { threshold: 0.7, limit: 1 })[0]
    if (target === undefined) {
      renamed.push(`parameter ${name} is not known and was ignored`)
      continue
    }
    result[target] = value
    renamed.push(`parameter ${name} is called ${target}`)
  }
  return { input: result, renamed }
}

/** Values of a nearly right type: "5" for 5, "true" for true, a JSON text for an object, null for absent. */
function repairValues(input: JsonObject, schema: TSchema): unknown {
  const result: JsonObject = {}
  for (const [name, value] of Object.entries(input)) {
    const property = propertiesOf(schema)[name]
    if (value === null && property && !Value.Check(property, null)) continue
    result[name] = property ? unwrapJsonText(value, property) : value
  }
  return Value.Convert(schema, result)
}

function unwrapJsonText(value: JsonValue, schema: TSchema): JsonValue {
  const wantsStructure = schema.type === 'array' || schema.type === 'object'
  if (!wantsStructure) return value
  if (typeof value === 'string') {
    const parsed = parseLoose(value)
    if (parsed !== undefined && typeof parsed === 'object') return parsed
  }
  if (schema.type === 'array' && !Array.isArray(value)) return [value]
  return value
}

/** JSON, also when a model wrote it with the usual mistakes. */
export function parseLoose(text: string): JsonValue | undefined {
  const strict = parseJson(text)
  if (strict !== undefined) return strict
  try {
    return parseJson(jsonrepair(text))
  } catch {
    return undefined
  }
}

function unknownTool(name: string, tools: readonly AnyTool[]): string {
  const names = tools.map((tool) => tool.name)
  const near = closest(name, names, { threshold: 0.5 })
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''
  const known =
    names.length === 0
      ? 'There are none in this run: answer without.'
      : `The tools are: ${names.join(', ')}.`
  return `There is no tool "${oneLine(name, 80)}". ${hint}${known}`
}

function malformedText(call: CallBlock, tool: AnyTool): string {
  return (
    `The arguments of ${tool.name} were not valid JSON, so nothing was run: ${oneLine(call.malformed ?? '', 300)}\n` +
    `Send one JSON object: ${signatureOf(tool)}`
  )
}

function invalidText(tool: AnyTool, input: unknown): string {
  const problems = new Map<string, string>()
  for (const error of Value.Errors(tool.input, input)) {
    const name = error.path.slice(1).replaceAll('/', '.')
    if (problems.has(name)) continue
    const missing = error.value === undefined
    problems.set(name, missing ? `${name} is missing` : `${name}: ${error.message.toLowerCase()}`)
    if (problems.size === maxProblems) break
  }
  return (
    `Invalid arguments for ${tool.name}, so nothing was run: ${[...problems.values()].join('; ')}.\n` +
    `Parameters: ${signatureOf(tool)}`
  )
}

const maxProblems = 5

/** `{path: string, limit?: integer}`. */
function signatureOf(tool: AnyTool): string {
  const required: unknown[] = Array.isArray(tool.input.required) ? tool.input.required : []
  const parts = Object.entries(propertiesOf(tool.input)).map(([name, property]) => {
    const type = typeof property.type === 'string' ? property.type : 'value'
    return `${name}${required.includes(name) ? '' : '?'}: ${type}`
  })
  return `{${parts.join(', ')}}`
}

const noProperties = Type.Object({}).properties

function propertiesOf(schema: TSchema): Record<string, TSchema> {
  const properties: unknown = schema.properties
  return isJsonObject(properties) ? (properties as Record<string, TSchema>) : noProperties
}
