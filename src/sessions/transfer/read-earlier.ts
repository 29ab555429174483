/** Sessions of the earlier Codi: one JSON file each, messages in the shape of Anthropic's, a summary beside them. */
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CodiError } from '../../base/errors.ts'
import { isJsonObject, type JsonObject } from '../../base/json.ts'
import type { AssistantMessage, ImageBlock } from '../../contract/message.ts'
import { imageOf, inputOf, readable, textBlocks } from './blocks.ts'
import { momentOf, objectOf, objectsOf, parseForeign, textOf, wordsOf } from './fields.ts'
import type { Recorder } from './recording.ts'

/** One document is read whole. */
const maxDocumentBytes = 256 * 1024 * 1024

export async function readDocument(path: string, signal: AbortSignal): Promise<JsonObject> {
  if (statSync(path).size > maxDocumentBytes)
    throw new CodiError('usage', 'it is larger than 256 MB and no JSON lines; split it')
  const value = parseForeign(
    (await readFile(path, { encoding: 'utf8', signal })).replace(/^\ufeff/, ''),
  )
  if (isJsonObject(value)) return value
  throw new CodiError(
    'usage',
    'it is no JSON object that can be read; it may be cut off or damaged',
  )
}

export async function readEarlier(
  path: string,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  const session = await readDocument(path, signal)
  const created = momentOf(session.createdAt)
  const at = created ?? momentOf(session.updatedAt) ?? statSync(path).mtimeMs
  recorder.about({
    sourceId: wordsOf(session.name) ?? wordsOf(session.id) ?? basename(path, '.json'),
    title: wordsOf(session.label) ?? wordsOf(session.title),
    cwd: wordsOf(session.projectPath),
    provider: wordsOf(session.provider)?.toLowerCase(),
    model: wordsOf(session.model),
  })
  // It stood before the messages that were left.
  const summary = wordsOf(session.conversationSummary) ?? wordsOf(session.summary)
  if (summary !== undefined) recorder.compaction({ summary, by: 'budget', tokensBefore: 0 }, at)
  for (const message of objectsOf(session.messages)) addMessage(message, at, recorder)
  if (session.openFilesState) recorder.leaveOut('lists of open files')
}

function addMessage(message: JsonObject, at: number, recorder: Recorder): void {
  const said = momentOf(message.timestamp) ?? at
  if (message.role === 'assistant') {
    recorder.assistant({ content: answerOf(message), at: said })
    return
  }
  if (message.role !== 'user') {
    recorder.leaveOut('notes of the earlier Codi itself')
    return
  }
  const blocks = objectsOf(message.content)
  for (const block of blocks.filter(({ type }) => type === 'tool_result')) {
    const { content } = readable(block.content, earlierImage)
    recorder.result(
      { callId: textOf(block.tool_use_id) ?? '', content, isError: block.is_error === true },
      said,
    )
  }
  const others = Array.isArray(message.content)
    ? blocks.filter(({ type }) => type !== 'tool_result')
    : message.content
  const { content, leftOut } = readable(others, earlierImage)
  recorder.leaveOut('attachments', leftOut)
  recorder.user(content, said)
}

function answerOf(message: JsonObject): AssistantMessage['content'] {
  if (typeof message.content === 'string') return textBlocks(message.content)
  return objectsOf(message.content).flatMap((block): AssistantMessage['content'] => {
    if (block.type === 'tool_use') {
      const name = textOf(block.name) ?? 'unknown'
      return [{ type: 'call', id: textOf(block.id) ?? '', name, input: inputOf(block.input) }]
    }
    return textBlocks(textOf(block.text) ?? '')
  })
}

function earlierImage(block: JsonObject): ImageBlock | undefined {
  const source = objectOf(block.image) ?? objectOf(block.source)
  return imageOf(source?.media_type, source?.data)
}
