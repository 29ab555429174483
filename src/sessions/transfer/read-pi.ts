/**
 * Sessions of pi: JSON lines that form a tree by `parentId`; the branch that ends with the last entry is the
 * conversation. Files of its first version are a plain sequence.
 */
import type { JsonObject } from '../../base/json.ts'
import type { AssistantMessage, ImageBlock, Usage } from '../../contract/message.ts'
import { answerBlocks, imageOf, readable, textBlocks } from './blocks.ts'
import { costOf, countOf, momentOf, objectOf, textOf, wordsOf } from './fields.ts'
import { jsonLines } from './lines.ts'
import type { Recorder } from './recording.ts'

interface Reading {
  recorder: Recorder
  /** Entries of codi by those of pi, for what a compaction keeps. */
  entries: Map<string, number>
  provider: string | undefined
  model: string | undefined
}

export async function readPi(path: string, recorder: Recorder, signal: AbortSignal): Promise<void> {
  const branch = await branchOf(path, signal)
  const reading: Reading = { recorder, entries: new Map(), provider: undefined, model: undefined }
  for await (const { value } of jsonLines(path, signal)) {
    if (!value) {
      recorder.leaveOut('broken lines')
      continue
    }
    const id = textOf(value.id)
    const inTree = value.type !== 'session' && id !== undefined
    if (inTree && branch && !branch.path.has(id)) {
      recorder.leaveOut('messages of other branches', value.type === 'message' ? 1 : 0)
      continue
    }
    // Only what a compaction names is looked up later: an answer that waits for its results is ended for it.
    if (inTree && branch?.kept.has(id)) reading.entries.set(id, recorder.next())
    readers[textOf(value.type) ?? '']?.(value, momentOf(value.timestamp), reading)
  }
}

/** Undefined where entries have no places in a tree. */
async function branchOf(
  path: string,
  signal: AbortSignal,
): Promise<{ path: Set<string>; kept: Set<string> } | undefined> {
  const parents = new Map<string, string | undefined>()
  const kept = new Set<string>()
  let last: string | undefined
  for await (const { value } of jsonLines(path, signal)) {
    const id = textOf(value?.id)
    if (!value || id === undefined || value.type === 'session' || value.parentId === undefined)
      continue
    parents.set(id, textOf(value.parentId))
    const first = textOf(value.firstKeptEntryId)
    if (first !== undefined) kept.add(first)
    last = id
  }
  if (last === undefined) return undefined
  const found = new Set<string>()
  for (let at: string | undefined = last; at !== undefined && !found.has(at); at = parents.get(at))
    found.add(at)
  return { path: found, kept }
}

type Reader = (line: JsonObject, at: number | undefined, reading: Reading) => void

const readers: Readonly<Record<string, Reader>> = {
  session(line, _at, reading) {
    const sourceId = wordsOf(line.id)
    const cwd = wordsOf(line.cwd)
    reading.provider = wordsOf(line.provider)
    reading.model = wordsOf(line.modelId)
    const { provider, model } = reading
    reading.recorder.about({ sourceId, cwd, provider, model })
  },
  session_info(line, _at, { recorder }) {
    const title = wordsOf(line.name)
    if (title !== undefined) recorder.about({ title })
  },
  model_change(line, _at, reading) {
    reading.provider = wordsOf(line.provider) ?? reading.provider
    reading.model = wordsOf(line.modelId) ?? reading.model
    const { provider, model } = reading
    reading.recorder.about({ provider, model })
  },
  message(line, at, reading) {
    const message = objectOf(line.message)
    if (message)
      roles[textOf(message.role) ?? '']?.(message, momentOf(message.timestamp) ?? at, reading)
    else reading.recorder.leaveOut('broken lines')
  },
  custom_message: (line, at, { recorder }) => addUser(line, at, recorder),
  branch_summary(line, at, { recorder }) {
    const summary = wordsOf(line.summary)
    if (summary !== undefined)
      recorder.user(textBlocks(`Summary of a branch that was left:\n\n${summary}`), at)
  },
  compaction(line, at, { recorder, entries }) {
    const keptFrom = entries.get(textOf(line.firstKeptEntryId) ?? '')
    const body = { summary: textOf(line.summary) ?? '', by: 'budget' as const }
    const tokensBefore = countOf(line.tokensBefore)
    recorder.compaction(
      { ...body, tokensBefore, ...(keptFrom === undefined ? {} : { keptFrom }) },
      at,
    )
  },
}

const roles: Readonly<Record<string, Reader>> = {
  user: (message, at, { recorder }) => addUser(message, at, recorder),
  custom: (message, at, { recorder }) => addUser(message, at, recorder),
  hookMessage: (message, at, { recorder }) => addUser(message, at, recorder),
  bashExecution(message, at, { recorder }) {
    const command = textOf(message.command) ?? ''
    const output = textOf(message.output) ?? ''
    recorder.user(textBlocks(`I ran \`${command}\`:\n\n\`\`\`\n${output}\n\`\`\``), at)
  },
  toolResult(message, at, { recorder }) {
    const { content, leftOut } = readable(message.content, piImage)
    recorder.leaveOut('attachments', leftOut)
    const callId = textOf(message.toolCallId) ?? ''
    recorder.result({ callId, content, isError: message.isError === true }, at)
  },
  assistant(message, at, reading) {
    reading.recorder.assistant({
      content: answerOf(message, reading.recorder),
      at,
      // Each line is an answer of its own.
      key: `${textOf(message.responseId) ?? ''}${at ?? ''}`,
      provider: wordsOf(message.provider) ?? reading.provider,
      model: wordsOf(message.model) ?? reading.model,
      usage: usageOf(objectOf(message.usage)),
      costUsd: costOf(objectOf(objectOf(message.usage)?.cost)?.total),
      stop: textOf(message.stopReason),
    })
  },
}

function addUser(message: JsonObject, at: number | undefined, recorder: Recorder): void {
  const { content, leftOut } = readable(message.content, piImage)
  recorder.leaveOut('attachments', leftOut)
  recorder.user(content, at)
}

function answerOf(message: JsonObject, recorder: Recorder): AssistantMessage['content'] {
  return answerBlocks(message.content, { call: 'toolCall', input: 'arguments' }, ({ type }) =>
    recorder.leaveOut(type === 'thinking' ? 'encrypted thoughts' : 'attachments'),
  )
}

function usageOf(usage: JsonObject | undefined): Usage | undefined {
  if (!usage) return undefined
  return {
    inputTokens: countOf(usage.input),
    outputTokens: countOf(usage.output),
    cacheReadTokens: countOf(usage.cacheRead),
    cacheWriteTokens: countOf(usage.cacheWrite),
    reasoningTokens: countOf(usage.reasoning),
  }
}

function piImage(block: JsonObject): ImageBlock | undefined {
  return block.type === 'image' ? imageOf(block.mimeType, block.data) : undefined
}
