/**
 * A model host on loopback that speaks the Messages, Responses, Chat Completions and Ollama wires for real and does
 * what a script says, faults included. Every model request plays the next step; what was asked is kept in `requests`.
 * Also a program: `bun test/support/model-server.ts --script FILE --port 0 [--log FILE]` prints its URL, where FILE
 * holds a JSON array of steps (`{"steps": […], "default": {…}}` likewise).
 */
import { appendFileSync, readFileSync } from 'node:fs'
import type { Socket } from 'bun'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/base/json.ts'
import { type Body, renderBody, type WireName } from './model-wires.ts'

export interface Step {
  thinking?: string
  /** Redacted thinking, sent before the text (Messages only). */
  redacted?: string
  /** Text, or its deltas as they are to be sent. */
  text?: string | string[]
  calls?: StepCall[]
  usage?: Partial<StepUsage>
  stop?: 'end' | 'calls' | 'length' | 'refused'
  /** Characters of a delta; 16 unless told. */
  deltaChars?: number
  /** Answers an error instead. */
  status?: number
  headers?: Record<string, string>
  /** Body of an error, or any body at all under status 200. */
  body?: JsonValue
  /** Milliseconds before the head of the response. */
  delayMs?: number
  /** Milliseconds between two deltas. */
  deltaDelayMs?: number
  fault?: Fault
  /** What must stand in the request (as JSON) for this step to be played; else the next that fits is. */
  when?: string
}

export interface StepCall {
  id?: string
  name: string
  input?: JsonObject
  /** Argument text as it is, right or wrong. */
  raw?: string
}

export interface StepUsage {
  input: number
  output: number
  cacheRead: number
  cacheWrite: number
  reasoning: number
}

export type Fault =
  /** Every byte in a packet of its own. */
  | 'bytes'
  /** Lines end in CRLF, and comments and pings stand between events. */
  | 'crlf'
  /** The connection is reset in the middle. */
  | 'reset'
  /** The connection is reset before the head of the response. */
  | 'reset-first'
  /** The stream ends well-formed but without its terminal event. */
  | 'truncate'
  /** Nothing comes after the middle, and the connection stays open. */
  | 'stall'
  /** Nothing ever comes. */
  | 'stall-first'
  /** Only comments come after the middle, without end. */
  | 'comments'
  /** No finish reason, only the wire's last mark. */
  | 'no-finish'
  /** The finish reason, but not the wire's last mark. */
  | 'no-done'
  /** Likewise, and the connection stays open. */
  | 'hold-open'
  /** Lines of garbage between the events. */
  | 'garbage'
  /** Bytes that are no UTF-8 inside a word. */
  | 'invalid-utf8'
  /** The figures come in a chunk of their own after the finish reason. */
  | 'late-usage'
  /** Calls are interleaved by index, arguments in turns. */
  | 'interleave'
  /** No ids on calls. */
  | 'no-ids'
  /** The same id on every call. */
  | 'same-ids'
  /** The error `body` arrives inside the stream, after some text. */
  | 'error-in-stream'
  /** The answer is one JSON value, not a stream. */
  | 'whole'

export interface RecordedRequest {
  method: string
  path: string
  headers: Record<string, string>
  body: JsonObject
}

export interface ModelServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly port: number
  /** Requests for an answer, oldest first. */
  readonly requests: RecordedRequest[]
  /** Every other request: lists of models, /api/show … */
  readonly others: RecordedRequest[]
  /** Appends steps to the script. */
  script(...steps: Step[]): void
  /** Played when the script is spent; an error unless set. */
  fallback: Step | undefined
  /** Answers to requests other than for an answer, by path. */
  readonly answers: Map<string, { status?: number; body: JsonValue }>
  /** Resolves when this many requests for an answer have come. */
  received(count: number): Promise<void>
  /** Connections open now, and ever opened. */
  readonly connections: number
  readonly opened: number
  /** Resolves when no connection is open. */
  disconnected(): Promise<void>
  close(): void
}

interface Connection {
  pending: Buffer
  closed: boolean
  /** Set while a step is played: tells it that the client has gone. */
  gone?: () => void
}

export function startModelServer(options: { port?: number; fallback?: Step } = {}): ModelServer {
  const steps: Step[] = []
  const requests: RecordedRequest[] = []
  const others: RecordedRequest[] = []
  const answers = new Map<string, { status?: number; body: JsonValue }>()
  const waiting: { count: number; resolve: () => void }[] = []
  const sockets = new Set<Socket<Connection>>()
  const alone: (() => void)[] = []
  let opened = 0
  let fallback = options.fallback

  const listener = Bun.listen<Connection>({
    hostname: '127.0.0.1',
    port: options.port ?? 0,
    socket: {
      open(socket) {
        socket.data = { pending: Buffer.alloc(0), closed: false }
        sockets.add(socket)
        opened++
      },
      data(socket, chunk) {
        socket.data.pending = Buffer.concat([socket.data.pending, chunk])
        takeRequests(socket)
      },
      close(socket) {
        socket.data.closed = true
        socket.data.gone?.()
        sockets.delete(socket)
        if (sockets.size === 0) for (const resolve of alone.splice(0)) resolve()
      },
      error() {},
    },
  })

  function takeRequests(socket: Socket<Connection>): void {
    const parsed = parseRequest(socket.data.pending)
    if (!parsed) return
    socket.data.pending = parsed.rest
    const { request } = parsed
    const wire = wireOf(request)
    if (!wire) {
      others.push(request)
      answerOther(socket, request)
      return
    }
    requests.push(request)
    for (const each of waiting.filter((one) => one.count <= requests.length)) each.resolve()
    const step = nextStep(JSON.stringify(request.body))
    void play(socket, step, { wire, request }).catch(() => socket.terminate())
  }

  function nextStep(asked: string): Step {
    const at = steps.findIndex((step) => step.when === undefined || asked.includes(step.when))
    const [step] = at < 0 ? [] : steps.splice(at, 1)
    return (
      step ??
      fallback ?? {
        status: 400,
        body: { error: { message: 'the script of the model server has no step left' } },
      }
    )
  }

  function answerOther(socket: Socket<Connection>, request: RecordedRequest): void {
    const path = request.path.split('?')[0] ?? ''
    const answer = answers.get(path) ?? usualAnswers[path]
    const status = answer ? (answer.status ?? 200) : 404
    const body = answer?.body ?? { error: { message: `no route ${path}` } }
    sendWhole(socket, { status, headers: {}, text: toText(body) })
  }

  return {
    url: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    requests,
    others,
    answers,
    script(...more) {
      steps.push(...more)
    },
    get fallback() {
      return fallback
    },
    set fallback(step) {
      fallback = step
    },
    received(count) {
      if (requests.length >= count) return Promise.resolve()
      return new Promise((resolve) => waiting.push({ count, resolve }))
    },
    get connections() {
      return sockets.size
    },
    get opened() {
      return opened
    },
    disconnected() {
      if (sockets.size === 0) return Promise.resolve()
      return new Promise((resolve) => alone.push(resolve))
    },
    close() {
      listener.stop(true)
      for (const socket of sockets) socket.terminate()
    },
  }
}

const usualAnswers: Record<string, { status?: number; body: JsonValue }> = {
  '/v1/models': { body: { data: [{ id: 'scripted-model', object: 'model' }] } },
  '/models': { body: { data: [{ id: 'scripted-model', object: 'model' }] } },
  '/api/tags': { body: { models: [{ name: 'scripted:latest', model: 'scripted:latest' }] } },
  '/api/show': {
    body: {
      capabilities: ['completion', 'tools', 'thinking', 'vision'],
      model_info: { 'general.architecture': 'scripted', 'scripted.context_length': 131_072 },
    },
  },
}

function wireOf({ method, path }: RecordedRequest): WireName | undefined {
  if (method !== 'POST') return undefined
  if (path.endsWith('/v1/messages')) return 'messages'
  if (path.endsWith('/responses')) return 'responses'
  if (path.endsWith('/chat/completions')) return 'chat'
  return path.endsWith('/api/chat') ? 'ollama' : undefined
}

/** One request, when all of it has come. */
function parseRequest(
  bytes: Buffer,
): { request: RecordedRequest; rest: Buffer<ArrayBuffer> } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const length = Number(headers['content-length'] ?? 0)
  const from = end + 4
  if (bytes.length < from + length) return undefined
  const body = parseJson(bytes.subarray(from, from + length).toString('utf8'))
  const [method = '', path = ''] = first.split(' ')
  return {
    request: { method, path, headers, body: isJsonObject(body) ? body : {} },
    rest: Buffer.from(bytes.subarray(from + length)),
  }
}

async function play(
  socket: Socket<Connection>,
  step: Step,
  { wire, request }: { wire: WireName; request: RecordedRequest },
): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    socket.data.gone = resolve
  })
  const pause = (ms: number) => (ms > 0 ? Promise.race([Bun.sleep(ms), gone]) : undefined)
  await pause(step.delayMs ?? 0)
  if (step.fault === 'stall-first') return
  if (step.fault === 'reset-first') {
    socket.terminate()
    return
  }
  const inStream = step.fault === 'error-in-stream'
  if ((step.status !== undefined && step.status >= 300) || (step.body !== undefined && !inStream)) {
    const { status = 200, headers = {} } = step
    return sendWhole(socket, { status, headers, text: toText(step.body ?? {}) })
  }
  const body = renderBody(step, { wire, model: String(request.body.model ?? 'scripted-model') })
  if (step.fault === 'whole') {
    return sendWhole(socket, { status: 200, headers: {}, text: body.whole })
  }
  sendHead(socket, body.contentType, step.headers)
  await sendPieces(socket, body, { step, pause })
}

async function sendPieces(
  socket: Socket<Connection>,
  body: Body,
  { step, pause }: { step: Step; pause(ms: number): Promise<void> | undefined },
): Promise<void> {
  const broken = ['reset', 'stall', 'truncate', 'comments'].includes(step.fault ?? '')
  const pieces = broken ? body.pieces.slice(0, body.middle) : body.pieces
  for (const piece of pieces) {
    if (socket.data.closed) return
    if (step.fault === 'bytes') {
      for (const byte of piece) {
        await write(socket, chunked(Buffer.from([byte])))
        await Promise.resolve()
      }
    } else {
      await write(socket, chunked(piece))
    }
    await pause(step.deltaDelayMs ?? 0)
  }
  if (step.fault === 'stall' || step.fault === 'hold-open') return
  while (step.fault === 'comments') {
    if (socket.data.closed) return
    await write(socket, chunked(Buffer.from(': still working\n\n')))
    await pause(10)
  }
  if (step.fault === 'reset') {
    // A reset also takes away what the client has not read yet: it gets a moment for that.
    await pause(30)
    socket.terminate()
    return
  }
  await write(socket, Buffer.from('0\r\n\r\n'))
}

/** Writes all of it, waiting while the client reads more slowly. */
async function write(socket: Socket<Connection>, bytes: Buffer): Promise<void> {
  let rest = bytes
  while (rest.length > 0 && !socket.data.closed) {
    const written = socket.write(rest)
    if (written < 0) return
    rest = rest.subarray(written)
    if (rest.length > 0) await Bun.sleep(1)
  }
  socket.flush()
}

function chunked(bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
}

function sendHead(
  socket: Socket<Connection>,
  contentType: string,
  headers: Record<string, string> = {},
): void {
  const lines = { 'content-type': contentType, 'transfer-encoding': 'chunked', ...headers }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 200 OK\r\n${head.join('')}\r\n`)
}

function sendWhole(
  socket: Socket<Connection>,
  answer: { status: number; headers: Record<string, string>; text: string },
): void {
  const bytes = Buffer.from(answer.text)
  const lines = {
    'content-type': /^\s*[{[]/.test(answer.text) ? 'application/json' : 'text/html',
    'content-length': String(bytes.length),
    ...answer.headers,
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  const start = Buffer.from(`HTTP/1.1 ${answer.status} Status\r\n${head.join('')}\r\n`)
  void write(socket, Buffer.concat([start, bytes]))
}

function toText(body: JsonValue): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

if (import.meta.main) {
  const option = (name: string) => {
    const at = process.argv.indexOf(`--${name}`)
    return at < 0 ? undefined : process.argv[at + 1]
  }
  const file = option('script')
  const script = file ? parseJson(readFileSync(file, 'utf8')) : []
  const server = startModelServer({ port: Number(option('port') ?? 0) })
  const list = isJsonObject(script) ? script.steps : script
  if (Array.isArray(list)) server.script(...(list as Step[]))
  if (isJsonObject(script) && script.default) server.fallback = script.default as Step
  const log = option('log')
  if (log) {
    const push = server.requests.push.bind(server.requests)
    server.requests.push = (...more) => {
      for (const request of more) appendFileSync(log, `${JSON.stringify(request)}\n`)
      return push(...more)
    }
  }
  process.stdout.write(`${server.url}\n`)
}
