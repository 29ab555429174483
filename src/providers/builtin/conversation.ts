/** Reads the messages of a request: what is asked, what was piped in, and what earlier rounds have found. */
import type { Message, ResultBlock, UserMessage } from '../../contract/message.ts'
import type { Outcome } from './script.ts'

export interface Conversation {
  /** The prompt without attached blocks. */
  question: string
  stdin: string | undefined
  /** Files attached with `@file`. */
  attached: { path: string; text: string }[]
  /** Answered rounds of calls since the question. */
  rounds: Outcome[][]
  /** No answer has been given in this conversation before. */
  first: boolean
  /** The last answer before this question, for "who calls it?". */
  previousAnswer: string
}

export function readConversation(messages: readonly Message[]): Conversation {
  const asked = messages.findLastIndex((message) => message.role === 'user')
  const before = messages.slice(0, Math.max(asked, 0))
  const message = messages[asked]
  const prompt = message?.role === 'user' ? userText(message) : ''
  const { rest, stdin } = takeStdin(prompt)
  const { rest: question, attached } = takeFiles(rest)
  return {
    question: question.trim(),
    stdin,
    attached,
    rounds: readRounds(messages.slice(asked + 1)),
    first: !before.some((earlier) => earlier.role === 'assistant'),
    previousAnswer: lastAnswer(before),
  }
}

/** What the person wrote; the app's note on a changed mode means nothing here. */
function userText(message: UserMessage): string {
  return message.content
    .map((block) =>
      block.type === 'text' && !block.text.startsWith('<mode-change>') ? block.text : '',
    )
    .join('\n')
}

/** The block may itself contain the closing tag: the last one counts. */
function takeStdin(prompt: string): { rest: string; stdin: string | undefined } {
  const open = /^<stdin\b[^>\n]*>\n?/m.exec(prompt)
  if (!open) return { rest: prompt, stdin: undefined }
  const start = open.index + open[0].length
  const close = prompt.lastIndexOf('</stdin>')
  const end = close >= start ? close : prompt.length
  return {
    rest: `${prompt.slice(0, open.index)}\n${prompt.slice(end + '</stdin>'.length)}`,
    stdin: prompt.slice(start, end).replace(/\n$/, ''),
  }
}

function takeFiles(text: string): { rest: string; attached: Conversation['attached'] } {
  const attached: Conversation['attached'] = []
  const rest = text.replace(
    /<file\b[^>\n]*?\b(?:path|name)="([^"\n]+)"[^>\n]*>\n?([\s\S]*?)<\/file>/g,
    (_all, path: string, body: string) => {
      attached.push({ path, text: body })
      return ''
    },
  )
  return { rest, attached }
}

function readRounds(messages: readonly Message[]): Outcome[][] {
  const rounds: Outcome[][] = []
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue
    const answer = messages[index + 1]
    const results = answer?.role === 'tool' ? answer.content : []
    const calls = message.content.filter((block) => block.type === 'call')
    if (calls.length === 0) continue
    rounds.push(
      calls.map((call) => ({
        name: call.name,
        input: call.input,
        ...outcomeOf(results.find((result) => result.callId === call.id)),
      })),
    )
  }
  return rounds
}

function outcomeOf(result: ResultBlock | undefined): Pick<Outcome, 'ok' | 'text' | 'data'> {
  if (!result) return { ok: false, text: '', data: undefined }
  const text = result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
  return { ok: !result.isError, text, data: result.data }
}

function lastAnswer(messages: readonly Message[]): string {
  const message = messages.findLast((earlier) => earlier.role === 'assistant')
  if (message?.role !== 'assistant') return ''
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}
