/**
 * The model of the figures: a Chat Completions host on loopback that answers at once. What it does is named in the
 * last prompt: `hello` is one word; `read 10` and `shell 10` are that many turns with one call each; `stream` is
 * 200 KB of Markdown in pieces of 20 bytes. It keeps the size of the first request.
 */

export interface BenchServer {
  url: string
  firstRequestBytes: number
  close(): void
}

export const streamBytes = 200 * 1024
export const pieceBytes = 20
/** The last line of a streamed answer: when it is on the screen, all of it is. */
export const endMark = 'end-of-the-stream'

interface ChatMessage {
  role: string
  content: unknown
}

export function startBenchServer(): BenchServer {
  const state = { firstRequestBytes: 0 }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      if (request.method !== 'POST') return Response.json({ data: [{ id: 'bench' }] })
      const text = await request.text()
      if (state.firstRequestBytes === 0) state.firstRequestBytes = Buffer.byteLength(text)
      const messages: ChatMessage[] = JSON.parse(text).messages
      return new Response(answer(messages), { headers: { 'content-type': 'text/event-stream' } })
    },
  })
  return Object.assign(state, {
    url: `http://127.0.0.1:${server.port}/v1`,
    close: () => void server.stop(true),
  })
}

function answer(messages: ChatMessage[]): ReadableStream<Uint8Array> | string {
  const lastUser = messages.findLastIndex((message) => message.role === 'user')
  const prompt = JSON.stringify(messages[lastUser]?.content ?? '')
  const calls = messages.slice(lastUser).filter((message) => message.role === 'tool').length
  const [, what = 'hello', count = '0'] = /(read|shell|stream|hello) ?(\d*)/.exec(prompt) ?? []
  if (what === 'stream') return markdownStream()
  if (calls >= Number(count)) return chunk({ content: 'hello' }) + end('stop')
  const call =
    what === 'read'
      ? { name: 'read_file', arguments: JSON.stringify({ path: `file-${calls}.txt` }) }
      : { name: 'bash', arguments: JSON.stringify({ command: `echo ${calls}` }) }
  const delta = {
    tool_calls: [{ index: 0, id: `call_${calls}`, type: 'function', function: call }],
  }
  return chunk(delta) + end('tool_calls')
}

function markdownStream(): ReadableStream<Uint8Array> {
  const text = markdown()
  const encoder = new TextEncoder()
  let offset = 0
  // By demand, in batches: the server keeps nothing of it, and no timer paces it.
  return new ReadableStream({
    pull(controller) {
      let batch = ''
      for (let piece = 0; piece < 50 && offset < text.length; piece++) {
        batch += chunk({ content: text.slice(offset, offset + pieceBytes) })
        offset += pieceBytes
      }
      if (offset >= text.length) batch += end('stop')
      controller.enqueue(encoder.encode(batch))
      if (offset >= text.length) controller.close()
    },
  })
}

/** Headings, prose, lists, code and a table, again and again. ASCII, so that bytes are characters. */
function markdown(): string {
  const section = (index: number) => `## Section ${index}

Some **bold** and *slanted* words with \`code ${index}\` and a [link](https://example.com/${index}), long enough
that the paragraph has to be wrapped at the width of the terminal, as most paragraphs of an answer have to be.

- first point of ${index}
- second point with \`name_${index}\`

\`\`\`ts
export function section${index}(value: number): string {
  // a comment
  return value > ${index} ? 'more' : \`less than \${value}\`
}
\`\`\`

| name | value |
| --- | --- |
| a${index} | ${index} |

`
  let text = ''
  for (let index = 0; text.length < streamBytes - 100; index++) text += section(index)
  return `${text.slice(0, streamBytes - 100)}\n\`\`\`\n\n${endMark}\n`
}

function chunk(delta: object): string {
  return `data: ${JSON.stringify({ id: 'b', object: 'chat.completion.chunk', model: 'bench', choices: [{ index: 0, delta }] })}\n\n`
}

function end(reason: string): string {
  const last = {
    id: 'b',
    model: 'bench',
    choices: [{ index: 0, delta: {}, finish_reason: reason }],
  }
  const usage = {
    id: 'b',
    model: 'bench',
    choices: [],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  }
  return `data: ${JSON.stringify(last)}\n\ndata: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`
}
