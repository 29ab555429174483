/**
 * The conversation as any wire accepts it: every call has exactly one result and every result a call, call ids are
 * unique and fit the wire, thinking of another provider or model is left out, nothing is empty, and roles alternate.
 */
import type {
  CallBlock,
  ImageBlock,
  Message,
  ResultBlock,
  TextBlock,
  ThinkingBlock,
} from '../contract/message.ts'

export type Turn = UserTurn | AssistantTurn

export interface UserTurn {
  role: 'user'
  content: (TextBlock | ImageBlock)[]
}

export interface AssistantTurn {
  role: 'assistant'
  content: (TextBlock | ThinkingBlock | CallBlock)[]
  /** One for each call of `content`, in their order. */
  results: ResultBlock[]
}

export interface ConversationRules {
  /** Which thinking may be sent back. */
  keepThinking(block: ThinkingBlock): boolean
  /** `short`: exactly nine letters and digits; `plain`: up to 64 of letters, digits, `_` and `-`. */
  callIds: 'plain' | 'short'
}

const interrupted = 'No result: the call was interrupted before it ran.'

export function toTurns(messages: readonly Message[], rules: ConversationRules): Turn[] {
  const turns: Turn[] = []
  const newId = createIdMaker(rules.callIds)
  for (const [index, message] of messages.entries()) {
    if (message.role === 'user') addUser(turns, message.content)
    if (message.role === 'assistant') {
      const results = resultsAfter(messages, index)
      addAssistant(turns, assistantTurn(message.content, { results, newId, rules }))
    }
  }
  // A conversation begins and ends with the user; a last assistant message would be taken as the answer's beginning.
  if (turns[0]?.role === 'assistant') turns.unshift(userTurn('(The beginning was left out.)'))
  const last = turns.at(-1)
  if (last?.role === 'assistant' && last.results.length === 0) turns.push(userTurn('Go on.'))
  return turns
}

/** Result text for wires without images in results; the images follow in a message of their own. */
export function resultText(result: ResultBlock): string {
  const text = result.content
    .map((block) => (block.type === 'text' ? block.text : imageNote(block)))
    .join('\n')
  const body = text === '' ? '(no output)' : text
  return result.isError && !/^error/i.test(body) ? `Error: ${body}` : body
}

/** The images of results, for the user message that carries them. */
export function resultImages(results: readonly ResultBlock[]): ImageBlock[] {
  return results.flatMap((result) =>
    result.content.flatMap((block) => (block.type === 'image' ? [block] : [])),
  )
}

export function dataUrl(image: ImageBlock): string {
  return `data:${image.mediaType};base64,${image.data}`
}

function imageNote(image: ImageBlock): string {
  return `[image${image.name ? ` ${image.name}` : ''}: see the next message]`
}

function assistantTurn(
  content: readonly (TextBlock | ThinkingBlock | CallBlock)[],
  options: { results: ResultBlock[]; newId(id: string): string; rules: ConversationRules },
): AssistantTurn {
  const turn: AssistantTurn = { role: 'assistant', content: [], results: [] }
  const open = [...options.results]
  for (const block of content) {
    if (block.type === 'text' && block.text.trim() === '') continue
    if (block.type === 'thinking' && !options.rules.keepThinking(block)) continue
    if (block.type !== 'call') {
      turn.content.push(block)
      continue
    }
    const id = options.newId(block.id)
    const at = open.findIndex((result) => result.callId === block.id)
    const result = at < 0 ? undefined : open.splice(at, 1)[0]
    turn.content.push({ ...block, id })
    turn.results.push(
      result
        ? { ...result, callId: id }
        : {
            type: 'result',
            callId: id,
            name: block.name,
            content: [{ type: 'text', text: interrupted }],
            isError: true,
          },
    )
  }
  return turn
}

/** The results between this assistant message and the next one. */
function resultsAfter(messages: readonly Message[], index: number): ResultBlock[] {
  const results: ResultBlock[] = []
  for (const message of messages.slice(index + 1)) {
    if (message.role === 'assistant') break
    if (message.role === 'tool') results.push(...message.content)
  }
  return results
}

function addUser(turns: Turn[], content: readonly (TextBlock | ImageBlock)[]): void {
  const full = content.filter((block) => block.type === 'image' || block.text.trim() !== '')
  if (full.length === 0) return
  const last = turns.at(-1)
  if (last?.role === 'user') last.content.push(...full)
  else turns.push({ role: 'user', content: full })
}

function addAssistant(turns: Turn[], turn: AssistantTurn): void {
  if (!turn.content.some((block) => block.type !== 'thinking')) return
  const last = turns.at(-1)
  if (last?.role === 'assistant' && last.results.length === 0) {
    last.content.push(...turn.content)
    last.results = turn.results
  } else {
    turns.push(turn)
  }
}

function userTurn(text: string): UserTurn {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/** The same conversation always gets the same ids, or prompt caches would miss. */
function createIdMaker(kind: ConversationRules['callIds']): (id: string) => string {
  const used = new Set<string>()
  return (id) => {
    const base = kind === 'short' ? shortId(id) : plainId(id)
    let unique = base
    for (let n = 2; used.has(unique); n++) {
      unique = kind === 'short' ? shortId(`${id}#${n}`) : `${base.slice(0, 58)}_${n}`
    }
    used.add(unique)
    return unique
  }
}

function plainId(id: string): string {
  const plain = id.replace(/[^a-zA-Z0-9_-]/g, '_')
  if (plain === '') return 'call'
  return plain.length <= 64 ? plain : `${plain.slice(0, 50)}_${Bun.hash.crc32(id).toString(36)}`
}

function shortId(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id
  return Bun.hash.wyhash(id).toString(36).padStart(9, '0').slice(-9)
}
