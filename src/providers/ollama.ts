/**
 * Ollama by its native API: asks what a model can do and how long its window is, asks for a window that fits the
 * conversation, says when a prompt would be cut, keeps the model in memory, lists and pulls models.
 */
import type { JsonObject } from '../base/json.ts'
import { formatCount } from '../base/text.ts'
import type { ModelEvent, ModelRequest, Provider } from '../contract/provider.ts'
import { countOf, objectOf, textOf } from './decoder.ts'
import { createOllamaDecoder } from './ollama-decode.ts'
import {
  callOllama,
  listOllamaModels,
  ollamaContext,
  type PullProgress,
  pullModel,
  showModel,
} from './ollama-host.ts'
import { type OllamaModel, ollamaBody } from './ollama-request.ts'
import { type Refusal, sendAdapting, type WireSettings } from './wire.ts'

export interface OllamaProvider extends Provider {
  /** Downloads a model, telling how far it is. Throws a CodiError when it cannot. */
  pull(model: string, signal: AbortSignal): AsyncGenerator<PullProgress>
}

/** A bigger window costs memory for every token of it; this much fits beside most models. */
const usualWindow = 32_768
/** Windows grow by doubling: each change makes the host load the model again. */
const smallestWindow = 8192
const charsPerToken = 3.5
const imageTokens = 1000

const refusals: readonly Refusal[] = [
  { drops: 'tools', said: /does not support tools/i },
  { drops: 'think', said: /does not support think|think/i },
]

export function createOllama(settings: WireSettings): OllamaProvider {
  const models = new Map<string, OllamaModel>()
  const dropped = new Map<string, Set<string>>()

  async function modelOf(name: string, signal: AbortSignal): Promise<OllamaModel> {
    const known = models.get(name)
    if (known) return known
    const shown = await showModel(settings, name, signal)
    const model = shown ? readModel(name, shown, settings) : { window: usualWindow }
    if (shown) models.set(name, model)
    return model
  }

  return {
    name: settings.host.id,
    models: (signal) => listOllamaModels(settings, signal),
    async describe(name, signal) {
      const model = await modelOf(name, signal)
      const { abilities } = model
      return {
        id: name,
        contextWindow: model.window,
        ...(abilities
          ? {
              tools: abilities.includes('tools'),
              vision: abilities.includes('vision'),
              thinking: abilities.includes('thinking'),
            }
          : {}),
        ...(isCloud(name) ? {} : { free: true }),
      }
    },
    stream: (request, signal) => stream(request, signal),
    pull: (name, signal) => pullModel(settings, name, signal),
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const model = await modelOf(request.model, signal)
    yield* notices(request, model)
    const context = ollamaContext(settings, request.model)
    const keepAlive = settings.env.OLLAMA_KEEP_ALIVE === undefined
    yield* sendAdapting(
      {
        request,
        refusals,
        dropped,
        attempt: (leftOut) => ({
          send: (inner) =>
            callOllama(settings, '/api/chat', {
              body: ollamaBody(request, { model, keepAlive, dropped: leftOut }),
              context,
              signal: inner,
            }),
          decoder: createOllamaDecoder(context),
          framing: 'ndjson',
          stallMs: settings.http.stallMs,
          context,
        }),
      },
      signal,
    )
  }
}

/** Ollama cuts a long prompt from the front without a word, system prompt and all. */
function* notices(request: ModelRequest, model: OllamaModel): Generator<ModelEvent> {
  const tokens = estimateTokens(request)
  if (tokens > model.window) {
    const raise =
      model.maxWindow && model.maxWindow > model.window
        ? `; the model takes up to ${formatCount(model.maxWindow)} with --context-window`
        : ''
    yield {
      type: 'notice',
      text: `The prompt of about ${formatCount(tokens)} tokens is longer than the window of ${formatCount(model.window)}: Ollama will cut its beginning${raise}`,
    }
  }
  if (request.tools.length > 0 && model.abilities && !model.abilities.includes('tools')) {
    yield {
      type: 'notice',
      text: `${request.model} has no tool calls of its own; codi reads them from its text`,
    }
  }
}

function readModel(name: string, shown: JsonObject, settings: WireSettings): OllamaModel {
  const info = objectOf(shown.model_info) ?? {}
  const key = Object.keys(info).find((each) => each.endsWith('.context_length'))
  const maxWindow = key ? countOf(info, key) : 0
  const abilities = Array.isArray(shown.capabilities)
    ? shown.capabilities.filter((each) => typeof each === 'string')
    : undefined
  return {
    window: windowFor(name, { shown, maxWindow, settings }),
    ...(maxWindow > 0 ? { maxWindow } : {}),
    ...(abilities ? { abilities } : {}),
  }
}

/** What a person asked for, else what the model's file says, else the usual; never more than the model takes. */
function windowFor(
  name: string,
  { shown, maxWindow, settings }: { shown: JsonObject; maxWindow: number; settings: WireSettings },
): number {
  const most = maxWindow > 0 ? maxWindow : Number.POSITIVE_INFINITY
  const fromFile = Number(/^num_ctx\s+(\d+)/m.exec(textOf(shown, 'parameters'))?.[1] ?? 0)
  const fromEnv = Number(settings.env.OLLAMA_CONTEXT_LENGTH ?? 0)
  const asked = settings.contextWindow ?? (fromFile || fromEnv)
  if (asked > 0) return Math.max(Math.min(asked, most), Math.min(smallestWindow, most))
  return isCloud(name) && maxWindow > 0 ? maxWindow : Math.min(usualWindow, most)
}

/** A model that Ollama runs on its own servers. */
function isCloud(name: string): boolean {
  return /[:-]cloud$/.test(name)
}

function estimateTokens(request: ModelRequest): number {
  let chars = request.system.reduce((sum, part) => sum + part.text.length, 0)
  chars += JSON.stringify(request.tools).length
  let images = 0
  for (const message of request.messages) {
    for (const block of message.content) {
      for (const part of block.type === 'result' ? block.content : [block]) {
        if (part.type === 'image') images++
        else if (part.type === 'call') chars += JSON.stringify(part.input).length + part.name.length
        else chars += part.text.length
      }
    }
  }
  return Math.ceil(chars / charsPerToken) + images * imageTokens
}
