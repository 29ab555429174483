/**
 * What goes into the audit log, and when: prompts, requests and answers by size, calls, decisions, results by hash,
 * notices, errors. Texts are masked and cut; whole payloads are not kept. A run whose log cannot be written ends.
 */
import { sha256 } from '../audit/chain.ts'
import { type AuditLog, openAuditLog } from '../audit/log.ts'
import { type CodiError, toCodiError } from '../base/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import { maskedJson } from '../base/mask/masked-json.ts'
import type { AppEvent } from '../contract/event.ts'
import type { ModelEvent, ModelRequest, Provider } from '../contract/provider.ts'

export interface Auditing {
  /** Opens the log of this session, once; throws a CodiError where it cannot be written. */
  begin(name: string, about: JsonObject): Promise<void>
  input(text: string): void
  event(event: AppEvent): void
  /** What a person has codi do. */
  act(act: string, facts: JsonObject): void
  /** The same provider, its requests and answers recorded. */
  provider(provider: Provider): Provider
  /** Aborted when a line could not be written: nothing is done that is not recorded. */
  readonly signal: AbortSignal
  readonly failure: CodiError | undefined
  /** The file that is written; undefined before the first session. */
  readonly path: string | undefined
  /** Ends the log of the session under way. */
  end(): Promise<void>
}

const maxTextChars = 4000
const maxInputChars = 2000

export function openAuditing(options: {
  dataDirectory: string
  mask(text: string): string
}): Auditing {
  const { dataDirectory, mask } = options
  const stopped = new AbortController()
  let open: { name: string; log: AuditLog } | undefined
  let failure: CodiError | undefined
  let turn = 0

  function record(body: JsonObject): void {
    if (!open || failure) return
    try {
      open.log.append(body)
    } catch (thrown) {
      failure = toCodiError(thrown)
      stopped.abort()
    }
  }

  async function end(): Promise<void> {
    if (!open) return
    record({ type: 'session_end' })
    const { log } = open
    open = undefined
    await log.close()
  }

  const masked = (text: string, most: number) => cut(mask(text), most)
  const input = (value: JsonValue): JsonValue => shortened(maskedJson(value, mask))

  function recordsOf(event: AppEvent): JsonObject[] {
    switch (event.type) {
      case 'turn_start':
        turn = event.turn
        return []
      case 'call_start': {
        const { id, name, input: given } = event
        return [{ type: 'call', id, name, input: input(given) }]
      }
      case 'permission': {
        const { request, decision } = event
        const { callId, tool, effect, paths, hosts, command } = request
        return [
          {
            type: 'permission',
            id: callId,
            tool,
            effect,
            paths,
            hosts,
            ...(command === undefined ? {} : { command: masked(command, maxTextChars) }),
            ...(request.widening ? { widening: { ...request.widening } } : {}),
            allow: decision.allow,
            by: decision.by,
            ...(decision.rule === undefined ? {} : { rule: decision.rule }),
            ...(decision.allow ? {} : { reason: masked(decision.reason, maxTextChars) }),
          },
        ]
      }
      case 'call_end': {
        const { id, name, ok, ms, output } = event
        return [
          {
            type: 'result',
            id,
            name,
            ok,
            ms,
            bytes: Buffer.byteLength(output),
            sha256: sha256(output),
          },
        ]
      }
      case 'changes': {
        const { step, files, added, removed } = event
        return [{ type: 'changes', step, files, added, removed }]
      }
      case 'delivered':
        return [{ type: 'user_input', how: event.how, ...textOf(event.text, mask) }]
      case 'notice':
        return [
          {
            type: 'notice',
            level: event.level,
            text: masked(event.text, maxTextChars),
          },
        ]
      case 'result': {
        const { ok, stopReason, error, exitCode } = event
        const end = { type: 'run_end', ok, stopReason, exitCode }
        if (!error) return [end]
        return [
          { type: 'error', kind: error.kind, message: masked(error.message, maxTextChars) },
          end,
        ]
      }
      default:
        return []
    }
  }

  return {
    async begin(name, about) {
      if (failure) throw failure
      if (open?.name === name) return
      await end()
      open = { name, log: await openAuditLog({ dataDirectory, name }) }
      record({ type: 'session_start', ...about })
      if (failure) throw failure
    },
    input: (text) => record({ type: 'user_input', how: 'prompt', ...textOf(text, mask) }),
    act: (act, facts) => record({ type: 'act', act, ...bodyOf(input(facts)) }),
    event(event) {
      for (const body of recordsOf(event)) record(body)
    },
    provider: (provider) =>
      recorded(provider, {
        record,
        turn: () => turn,
        masked: (text) => masked(text, maxTextChars),
      }),
    signal: stopped.signal,
    get failure() {
      return failure
    },
    get path() {
      return open?.log.path
    },
    end,
  }
}

function bodyOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {}
}

function textOf(text: string, mask: (text: string) => string): JsonObject {
  return { chars: text.length, sha256: sha256(text), text: cut(mask(text), maxTextChars) }
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}[… ${text.length - most} characters]`
}

/** Long texts of an input are there by their beginning, size and hash. */
function shortened(value: JsonValue): JsonValue {
  if (typeof value === 'string')
    return value.length <= maxInputChars
      ? value
      : { begins: value.slice(0, 200), chars: value.length, sha256: sha256(value) }
  if (Array.isArray(value)) return value.map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, part === undefined ? null : shortened(part)]),
  )
}

interface Recorder {
  record(body: JsonObject): void
  turn(): number
  masked(text: string): string
}

function recorded(provider: Provider, recorder: Recorder): Provider {
  return {
    name: provider.name,
    models: (signal) => provider.models(signal),
    describe: (model, signal) => provider.describe(model, signal),
    async *stream(request, signal) {
      const started = performance.now()
      recorder.record({
        type: 'request',
        turn: recorder.turn(),
        provider: provider.name,
        ...sizesOf(request),
      })
      for await (const event of provider.stream(request, signal)) {
        if (event.type === 'done' || event.type === 'error' || event.type === 'retry')
          recorder.record(answerRecord(event, { started, recorder }))
        yield event
      }
    },
  }
}

function sizesOf(request: ModelRequest): JsonObject {
  const text = JSON.stringify([request.system, request.messages, request.tools])
  return {
    model: request.model,
    messages: request.messages.length,
    tools: request.tools.length,
    bytes: Buffer.byteLength(text),
    sha256: sha256(text),
  }
}

function answerRecord(
  event: Extract<ModelEvent, { type: 'done' | 'error' | 'retry' }>,
  { started, recorder }: { started: number; recorder: Recorder },
): JsonObject {
  const ms = Math.round(performance.now() - started)
  if (event.type !== 'done') {
    const { kind, message } = event.failure
    return {
      type: 'response',
      ok: false,
      again: event.type === 'retry',
      kind,
      message: recorder.masked(message),
      ms,
    }
  }
  const { message, stop, usage, model } = event
  const text = JSON.stringify(message.content)
  return {
    type: 'response',
    ok: true,
    stop,
    ms,
    ...(model === undefined ? {} : { model }),
    bytes: Buffer.byteLength(text),
    sha256: sha256(text),
    calls: message.content.filter((block) => block.type === 'call').length,
    ...(usage ? { usage: { ...usage } } : {}),
  }
}
