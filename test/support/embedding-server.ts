/**
 * An embedding host on loopback that speaks Ollama's `/api/embed` and OpenAI's `/v1/embeddings` for real, with vectors
 * that follow from the words of a text, and that is unkind on request. Words of one line of `meanings` get the same
 * vector, so that a test can tell a search that used these vectors from one that did not.
 * Also a program: `bun test/support/embedding-server.ts [PORT]` prints its URL.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/json.ts'

export type Fault =
  /** An error answer. */
  | { status: number; body?: JsonValue; text?: string; headers?: Record<string, string> }
  /** The connection is closed before the answer. */
  | 'reset'
  /** The answer ends in the middle. */
  | 'truncate'
  /** A web page under status 200. */
  | 'html'
  /** The first vector holds NaN, as JSON has it. */
  | 'nan'
  /** One vector too few. */
  | 'count'
  /** Vectors of another length. */
  | 'dimensions'
  /** An object without vectors. */
  | 'empty'
  /** Texts where vectors should be. */
  | 'words'
  /** Vectors in reverse, numbered rightly (OpenAI). */
  | 'shuffled'
  /** All vectors numbered 0 (OpenAI). */
  | 'misnumbered'
  /** Never answers. */
  | 'silent'

export interface EmbeddingRequest {
  path: string
  headers: Record<string, string>
  body: JsonObject
  texts: string[]
}

export interface EmbeddingServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly requests: EmbeddingRequest[]
  /** What the next requests meet, one each. */
  faults: (Fault | undefined)[]
  /** Models that are there. */
  models: Set<string>
  dimensions: number
  /** The only key that is taken; undefined: none is asked for. */
  key: string | undefined
  /** Longer texts are refused, as by a model with a small window; undefined: none. */
  maxChars: number | undefined
  /** Texts that hold this make the model fail. */
  poison: string | undefined
  /** Words of a line mean the same. */
  meanings: string[]
  /** Requests that come meanwhile are held until this resolves. */
  gate: Promise<void> | undefined
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>
  close(): Promise<void>
}

export async function startEmbeddingServer(port = 0): Promise<EmbeddingServer> {
  const waiting = new Set<() => void>()
  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  const server: EmbeddingServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    faults: [],
    models: new Set(['test-embed']),
    dimensions: 32,
    key: undefined,
    maxChars: undefined,
    poison: undefined,
    meanings: [],
    gate: undefined,
    async received(count) {
      while (server.requests.length < count)
        await new Promise<void>((resolve) => waiting.add(resolve))
    },
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
    [Symbol.asyncDispose]: () => server.close(),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ollama = request.url === '/api/embed'
    const body = parseJson(await readAll(request))
    const path = request.url ?? ''
    const send = (status: number, value: JsonValue | string, headers = {}) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(text)
    }
    if (!isJsonObject(body) || (!ollama && path !== '/v1/embeddings'))
      return send(404, '404 page not found', { 'content-type': 'text/plain' })
    const { input } = body
    const texts = (Array.isArray(input) ? input : [input]).map(String)
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    server.requests.push({ path, headers, body, texts })
    for (const wake of waiting) wake()
    waiting.clear()
    await server.gate
    const fault = server.faults.shift()
    const model = String(body.model)
    const given = request.headers.authorization?.replace('Bearer ', '')
    if (server.key !== undefined && given !== server.key)
      return send(401, {
        error: { message: `Incorrect API key provided: ${given}`, code: 'invalid_api_key' },
      })
    if (!server.models.has(model.replace(/:latest$/, '')))
      return ollama
        ? send(404, { error: `model "${model}" not found, try pulling it first` })
        : send(404, {
            error: { message: `The model \`${model}\` does not exist`, code: 'model_not_found' },
          })
    if (typeof fault === 'object')
      return send(fault.status, fault.text ?? fault.body ?? {}, fault.headers)
    if (fault === 'reset') return void request.socket.destroy()
    if (fault === 'silent') return undefined
    if (fault === 'html')
      return send(200, '<html><body><h1>Sign in</h1></body></html>', {
        'content-type': 'text/html',
      })
    const { maxChars, poison } = server
    if (maxChars !== undefined && texts.some((text) => text.length > maxChars))
      return send(400, { error: 'the input length exceeds the context length' })
    if (poison !== undefined && texts.some((text) => text.includes(poison)))
      return send(500, { error: 'failed to encode response: json: unsupported value: NaN' })
    const length = typeof body.dimensions === 'number' ? body.dimensions : server.dimensions
    const vectors: (number | null)[][] = texts.map((text) =>
      vectorOf(text, fault === 'dimensions' ? length + 1 : length, server.meanings),
    )
    if (fault === 'nan' && vectors[0]) vectors[0][0] = null
    if (fault === 'count') vectors.pop()
    const value = fault === 'empty' ? {} : wireAnswer({ ollama, body, vectors, fault })
    if (fault !== 'truncate') return send(200, value)
    const text = JSON.stringify(value)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(text.slice(0, text.length >> 1))
    response.end()
  }
  return server
}

function wireAnswer(options: {
  ollama: boolean
  body: JsonObject
  vectors: (number | null)[][]
  fault: Fault | undefined
}): JsonObject {
  const { ollama, body, vectors, fault } = options
  const model = String(body.model)
  const given: JsonValue[] = fault === 'words' ? vectors.map(() => 'a vector') : vectors
  if (ollama) return { model, embeddings: given, prompt_eval_count: 7 }
  const base64 = body.encoding_format === 'base64' && fault !== 'words'
  const data = vectors.map((vector, at) => ({
    object: 'embedding',
    index: fault === 'misnumbered' ? 0 : at,
    embedding: base64
      ? Buffer.from(new Float32Array(vector as number[]).buffer).toString('base64')
      : (given[at] ?? null),
  }))
  if (fault === 'shuffled') data.reverse()
  return { object: 'list', data, model, usage: { prompt_tokens: 7, total_tokens: 7 } }
}

/** Every word adds a vector of its own; words of one meaning the same. */
export function vectorOf(text: string, dimensions: number, meanings: readonly string[]): number[] {
  const sum = new Array<number>(dimensions).fill(0)
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    const meaning = meanings.find((line) => line.split(' ').includes(word)) ?? word
    let state = Bun.hash.crc32(meaning) | 1
    for (let at = 0; at < dimensions; at++) {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
      sum[at] = (sum[at] as number) + ((state >>> 16) & 1 ? 1 : -1)
    }
  }
  return sum
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString('utf8')
}

if (import.meta.main) {
  const server = await startEmbeddingServer(Number(process.argv[2] ?? 0))
  server.models = new Set(process.argv.slice(3).length > 0 ? process.argv.slice(3) : ['test-embed'])
  process.stdout.write(`${server.url}\n`)
}
