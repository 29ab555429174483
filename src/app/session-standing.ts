/** Where a conversation stands: read from its newest entries, however long it is. */
import type { Message, ResultBlock } from '../contract/message.ts'
import type { Entry, Session, SessionSummary } from '../contract/session.ts'
import type { Standing } from '../contract/session-access.ts'

const answerChars = 1200
const maxFiles = 20

/** Calls that change the file they name; names of the earlier Codi's and other programs' tools, too. */
const changing =
  /^(?:write_file|edit_file|insert_line|apply_patch|rename_symbol|refactor|patch_file|write|edit|multiedit|notebookedit)$/i

export function standingOf(session: Session, summary: SessionSummary): Standing {
  const view = session.view()
  const answer = lastAnswer(view)
  const open = openCalls(view)
  const drafted = view.at(-1)?.type === 'draft'
  const interrupted = drafted || waitsForModel(view.findLast((entry) => entry.type === 'message'))
  return {
    summary,
    lastPrompt: session.prompts({ limit: 1 })[0]?.text ?? '',
    answerEnd: answer.length > answerChars ? `…${answer.slice(-answerChars)}` : answer,
    openTodo: (session.last('todo')?.items ?? []).filter((item) => item.status !== 'done'),
    filesChanged: filesChanged(view),
    ...(interrupted ? { interrupted: { calls: open, drafted } } : {}),
  }
}

/** A prompt, or calls whether answered or not (a limit was reached): the model has not gone on from there. */
function waitsForModel(entry: Entry | undefined): boolean {
  if (entry?.type !== 'message') return false
  return entry.message.role === 'user' || callsOf(entry.message).length > 0
}

function lastAnswer(view: readonly Entry[]): string {
  for (const entry of view.toReversed()) {
    if (entry.type === 'draft') return entry.text.trim()
    if (entry.type !== 'message' || entry.message.role !== 'assistant') continue
    const text = entry.message.content.map((block) => (block.type === 'text' ? block.text : ''))
    const joined = text.join('\n').trim()
    if (joined !== '') return joined
  }
  return ''
}

/** Calls of the last answer that have no result. */
function openCalls(view: readonly Entry[]): string[] {
  const at = view.findLastIndex((entry) => entry.type === 'message')
  const last = view[at]
  if (last?.type !== 'message') return []
  const answered = new Set(
    view.slice(at).flatMap((entry) => (entry.type === 'result' ? [entry.result.callId] : [])),
  )
  return callsOf(last.message)
    .filter((call) => !answered.has(call.id))
    .map((call) => call.name)
}

function filesChanged(view: readonly Entry[]): string[] {
  const failed = new Set(
    view.flatMap((entry) =>
      entry.type === 'result' && entry.result.isError ? [entry.result.callId] : [],
    ),
  )
  const results = new Map<string, ResultBlock>()
  for (const entry of view)
    if (entry.type === 'result') results.set(entry.result.callId, entry.result)
  const files = new Set<string>()
  for (const entry of view.toReversed()) {
    if (entry.type !== 'message') continue
    for (const call of callsOf(entry.message)) {
      if (!changing.test(call.name) || failed.has(call.id) || !results.has(call.id)) continue
      for (const path of pathsOf(call.input)) if (files.size < maxFiles) files.add(path)
    }
  }
  return [...files]
}

function pathsOf(input: Record<string, unknown>): string[] {
  const path = input.path ?? input.file_path ?? input.file
  if (typeof path === 'string') return [path]
  const patch = input.patch ?? input.input
  if (typeof patch !== 'string') return []
  return [...patch.matchAll(/^(?:\*\*\* (?:Add|Update|Delete) File: |\+\+\+ b\/)(.+)$/gm)].map(
    ([, name = '']) => name.trim(),
  )
}

function callsOf(message: Message) {
  return message.role === 'assistant'
    ? message.content.filter((block) => block.type === 'call')
    : []
}
