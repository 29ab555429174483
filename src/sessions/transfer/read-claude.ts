/**
 * Sessions of Claude Code: JSON lines that form a tree by `parentUuid`. The branch that ends with the last line is the
 * conversation; the file is read twice, first for the shape of the tree, then for what was said.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../base/json.ts'
import type { ImageBlock, Usage } from '../../contract/message.ts'
import { answerBlocks, imageOf, readable } from './blocks.ts'
import { costOf, countOf, momentOf, objectOf, objectsOf, textOf, wordsOf } from './fields.ts'
import { jsonLines } from './lines.ts'
import type { Recorder } from './recording.ts'

const provider = 'anthropic'
/** What Claude Code itself puts where a model did not answer. */
const noModel = '<synthetic>'

/** Lines that name the session, the best first. */
const titleLines: ReadonlySet<string> = new Set(['custom-title', 'agent-name', 'ai-title'])

interface Shape {
  lines: Map<string, { parent: string | undefined; message: string | undefined }>
  last: string | undefined
  title: string | undefined
  sourceId: string | undefined
  cwd: string | undefined
}

export async function readClaude(
  path: string,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  const shape = await readShape(path, signal)
  const branch = branchOf(shape)
  const { sourceId, cwd, title } = shape
  recorder.about({ sourceId, cwd, title, provider })
  recorder.leaveOut('sub-agents', helpersOf(path))
  let boundary: JsonObject | undefined
  for await (const { value } of jsonLines(path, signal)) {
    if (!value) recorder.leaveOut('broken lines')
    else if (value.isSidechain === true)
      recorder.leaveOut('messages of sub-agents', isTalk(value) ? 1 : 0)
    else if (value.type === 'system' && value.subtype === 'compact_boundary') boundary = value
    else if (isTalk(value)) {
      const uuid = textOf(value.uuid)
      const isResult = resultsOf(value).length > 0
      // Results of calls that ran side by side hang on branches of their own.
      const isMeant = !branch || uuid === undefined || branch.has(uuid) || isResult
      if (!isMeant) recorder.leaveOut('messages of other branches')
      else if (value.isCompactSummary === true) {
        addCompaction(value, boundary, recorder)
        boundary = undefined
      } else addMessage(value, recorder)
    }
  }
}

/** Newer versions keep what sub-agents said in files of their own, beside the session. */
function helpersOf(path: string): number {
  try {
    const names = readdirSync(join(path.replace(/\.jsonl$/, ''), 'subagents'))
    return names.filter((name) => name.endsWith('.jsonl')).length
  } catch {
    return 0
  }
}

function isTalk(line: JsonObject): boolean {
  return line.type === 'user' || line.type === 'assistant'
}

async function readShape(path: string, signal: AbortSignal): Promise<Shape> {
  const shape: Shape = {
    lines: new Map(),
    last: undefined,
    title: undefined,
    sourceId: undefined,
    cwd: undefined,
  }
  const titles: Record<string, string | undefined> = {}
  for await (const { value } of jsonLines(path, signal)) {
    if (!value) continue
    shape.sourceId ??= wordsOf(value.sessionId)
    shape.cwd ??= wordsOf(value.cwd)
    const title = wordsOf(value.customTitle) ?? wordsOf(value.agentName) ?? wordsOf(value.aiTitle)
    if (titleLines.has(textOf(value.type) ?? '')) titles[String(value.type)] = title
    else if (value.type === 'summary') titles.summary = wordsOf(value.summary)
    const uuid = textOf(value.uuid)
    if (uuid === undefined || value.isSidechain === true) continue
    shape.lines.set(uuid, {
      parent: textOf(value.parentUuid) ?? textOf(value.logicalParentUuid),
      message: textOf(objectOf(value.message)?.id),
    })
    if (isTalk(value)) shape.last = uuid
  }
  shape.title = [...titleLines, 'summary']
    .map((type) => titles[type])
    .find((title) => title !== undefined)
  return shape
}

/** The lines of the branch; undefined where lines have no places in a tree. */
function branchOf({ lines, last }: Shape): ReadonlySet<string> | undefined {
  if (last === undefined) return undefined
  const branch = new Set<string>()
  const answers = new Set<string>()
  for (let at: string | undefined = last; at !== undefined && !branch.has(at); ) {
    branch.add(at)
    const line = lines.get(at)
    if (line?.message !== undefined) answers.add(line.message)
    at = line?.parent
  }
  // One answer is several lines, of which calls that ran side by side may hang on other branches.
  for (const [uuid, { message }] of lines)
    if (message !== undefined && answers.has(message)) branch.add(uuid)
  return branch
}

function addCompaction(
  line: JsonObject,
  boundary: JsonObject | undefined,
  recorder: Recorder,
): void {
  const about = objectOf(boundary?.compactMetadata)
  const { content } = readable(objectOf(line.message)?.content, claudeImage)
  const summary = content.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
  const by = about?.trigger === 'manual' ? 'person' : 'budget'
  recorder.compaction(
    { summary, by, tokensBefore: countOf(about?.preTokens) },
    momentOf(line.timestamp),
  )
}

function addMessage(line: JsonObject, recorder: Recorder): void {
  const message = objectOf(line.message)
  const at = momentOf(line.timestamp)
  if (!message) {
    recorder.leaveOut('broken lines')
    return
  }
  if (line.type === 'assistant') {
    addAnswer(line, message, recorder)
    return
  }
  for (const block of resultsOf(line)) {
    const { content, leftOut } = readable(block.content, claudeImage)
    recorder.leaveOut('attachments', leftOut)
    recorder.result(
      { callId: textOf(block.tool_use_id) ?? '', content, isError: block.is_error === true },
      at,
    )
  }
  const others = Array.isArray(message.content)
    ? message.content.filter((block) => objectOf(block)?.type !== 'tool_result')
    : message.content
  const said = readable(others, claudeImage)
  recorder.leaveOut('attachments', said.leftOut)
  const typed = said.content.filter((block) => block.type !== 'text' || !isMachinery(block.text))
  if (line.isMeta === true || typed.length < said.content.length)
    recorder.leaveOut(
      'notes of Claude Code itself',
      Math.max(1, said.content.length - typed.length),
    )
  if (line.isMeta !== true) recorder.user(typed, at)
}

/** What stands in the place of a prompt and was typed by nobody. */
function isMachinery(text: string): boolean {
  return /^\s*<(system-reminder|command-name|command-message|command-args|local-command-stdout|local-command-stderr|local-command-caveat|task-notification)>[\s\S]*<\/(?:system-reminder|command-name|command-message|command-args|local-command-stdout|local-command-stderr|local-command-caveat|task-notification)>\s*$/.test(
    text,
  )
}

function addAnswer(line: JsonObject, message: JsonObject, recorder: Recorder): void {
  const form = { call: 'tool_use', input: 'input' }
  const content = answerBlocks(message.content, form, ({ type }) => {
    if (type === 'redacted_thinking') recorder.leaveOut('encrypted thoughts')
    else if (type !== 'thinking') recorder.leaveOut('attachments')
  })
  const model = textOf(message.model)
  const isAnswer = model !== undefined && model !== noModel
  recorder.assistant({
    content,
    at: momentOf(line.timestamp),
    key: textOf(message.id),
    ...(isAnswer ? { provider, model } : {}),
    usage: usageOf(message.usage),
    costUsd: costOf(line.costUSD),
    stop: textOf(message.stop_reason),
  })
}

function usageOf(value: JsonObject[string] | undefined): Usage | undefined {
  const usage = objectOf(value)
  if (!usage) return undefined
  return {
    inputTokens: countOf(usage.input_tokens),
    outputTokens: countOf(usage.output_tokens),
    cacheReadTokens: countOf(usage.cache_read_input_tokens),
    cacheWriteTokens: countOf(usage.cache_creation_input_tokens),
    reasoningTokens: 0,
  }
}

function resultsOf(line: JsonObject): JsonObject[] {
  if (line.type !== 'user') return []
  return objectsOf(objectOf(line.message)?.content).filter((block) => block.type === 'tool_result')
}

function claudeImage(block: JsonObject): ImageBlock | undefined {
  const source = objectOf(block.source)
  return block.type === 'image' ? imageOf(source?.media_type, source?.data) : undefined
}
