/**
 * One wire call from request to last event. Never throws: whatever happens, the last event is `done` or `error`, and
 * nothing follows it. Silence is limited, and cancelling ends it at once.
 */
import { abortable, cancelled } from '../base/async.ts'
import type { ModelEvent } from '../contract/provider.ts'
import type { WireDecoder } from './decoder.ts'
import { cancelledFailure, endlessFailure, stallFailure, toFailure, WireError } from './failure.ts'
import type { FailureContext } from './failure-context.ts'
import { createFrameParser, type Framing } from './frames.ts'
import { StallError } from './http.ts'
import { truncated } from './network-failure.ts'

export interface Attempt {
  /** Sends the request and answers when the head of the response is there. */
  send(signal: AbortSignal): Promise<Response>
  decoder: WireDecoder
  framing: Framing
  stallMs: number
  context: FailureContext
}

/** A host may send comments instead of silence; without anything else they count as silence after so many limits. */
const maxIdleLimits = 5
/** No answer is longer; a body that goes on is not one. */
const maxBodyBytes = 512 * 1024 * 1024
/** After the answer is complete, figures may follow for this long. */
const figuresMs = 2000

export async function* runAttempt(
  attempt: Attempt,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const { decoder, context, stallMs } = attempt
  const aborter = new AbortController()
  const onAbort = () => aborter.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  let streaming = false
  let complete = false
  try {
    if (signal.aborted) throw cancelled()
    const response = await abortable(attempt.send(aborter.signal), signal)
    streaming = true
    for await (const events of readEvents(response, attempt, signal)) {
      yield* events
    }
    if (signal.aborted) throw cancelled()
    const last = decoder.end()
    complete = true
    yield* last
  } catch (thrown) {
    const failure = signal.aborted
      ? cancelledFailure()
      : isStall(thrown)
        ? stallFailure(context, stallMs)
        : toFailure(thrown, context, streaming)
    const usage = decoder.usage()
    yield { type: 'error', failure, ...(usage ? { usage } : {}) }
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (!complete) aborter.abort()
  }
}

async function* readEvents(
  response: Response,
  { decoder, framing, stallMs, context }: Attempt,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent[]> {
  if (!response.body) throw new WireError(truncated(context))
  const body = openBody(response.body, signal)
  const utf8 = new TextDecoder()
  const frames = createFrameParser(framing)
  let bytes = 0
  let framedAt = performance.now()
  try {
    for (;;) {
      const chunk = await body.read(decoder.progress() === 'ending' ? figuresMs : stallMs)
      if (chunk === 'silence' && decoder.progress() === 'ending') return
      if (chunk === 'silence') throw new StallError('No byte arrived')
      if (!chunk) break
      bytes += chunk.length
      if (bytes > maxBodyBytes) throw new WireError(endlessFailure(context))
      const whole = frames.push(utf8.decode(chunk, { stream: true }))
      if (whole.length > 0) framedAt = performance.now()
      else if (performance.now() - framedAt > stallMs * maxIdleLimits)
        throw new StallError('Only comments')
      for (const frame of whole) {
        const events = decoder.frame(frame)
        if (events.length > 0) yield events
        if (decoder.progress() === 'closed') return
      }
    }
    for (const frame of [...frames.push(utf8.decode()), ...frames.end()]) {
      const events = decoder.frame(frame)
      if (events.length > 0) yield events
    }
  } catch (thrown) {
    // A host may break the connection once everything has been said.
    if (decoder.progress() === 'open' || thrown instanceof WireError) throw thrown
  } finally {
    body.close(decoder.progress() !== 'open' && !signal.aborted)
  }
}

/**
 * Reads with a limit on silence: one timer for the whole body, set anew only when it fires, so that a thousand small
 * chunks cost nothing.
 */
function openBody(stream: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const reader = stream.getReader()
  let timer: Timer | undefined
  let waiting: { since: number; limitMs: number; silent: () => void } | undefined

  const stop = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })

  function watch(): void {
    timer = undefined
    if (!waiting) return
    const left = waiting.since + waiting.limitMs - performance.now()
    if (left > 0) timer = setTimeout(watch, left)
    else waiting.silent()
  }

  return {
    async read(limitMs: number): Promise<Uint8Array | 'silence' | undefined> {
      if (signal.aborted) throw cancelled()
      const silence = Promise.withResolvers<'silence'>()
      waiting = { since: performance.now(), limitMs, silent: () => silence.resolve('silence') }
      if (timer && limitMs <= figuresMs) clearTimeout(timer)
      if (!timer || limitMs <= figuresMs) timer = setTimeout(watch, limitMs)
      try {
        const result = await Promise.race([reader.read(), silence.promise])
        if (signal.aborted) throw cancelled()
        return result === 'silence' ? result : result.value
      } finally {
        waiting = undefined
      }
    },
    /** A complete answer leaves the connection usable: its last bytes are read aside, for a moment at most. */
    close(complete: boolean) {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      if (!complete) return stop()
      const limit = setTimeout(stop, 500)
      limit.unref()
      void drain(reader).finally(() => clearTimeout(limit))
    },
  }
}

async function drain(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer is complete; how its connection ends does not matter.
  }
}

function isStall(thrown: unknown): boolean {
  let cause = thrown
  for (let depth = 0; depth < 6 && cause instanceof Error; depth++) {
    if (cause instanceof StallError) return true
    cause = cause.cause
  }
  return false
}
