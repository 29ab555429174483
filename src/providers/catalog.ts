/**
 * What is known of models without asking anybody: window, output limit, abilities, price. Prices are US dollars for a
 * million tokens as published in October 2026 and for the standard tier; a model that is not listed has no price, and
 * then a cost is said to be unknown rather than guessed. A row matches every id that begins with it.
 */
import type { ModelInfo, ModelPrice } from '../contract/provider.ts'
import { findHost } from './hosts.ts'

export interface CatalogRow {
  /** Beginning of the id, without the maker's prefix; dots and dashes are the same. */
  id: string
  window?: number
  output?: number
  vision?: true
  /**
   * How thinking is asked for on the Messages wire: a token budget, `adaptive` (effort only), or `always` (adaptive,
   * and on when nothing is said). On the other wires any value means that the model can think.
   */
  thinking?: 'budget' | 'adaptive' | 'always'
  /** It refuses `temperature`. */
  noSampling?: true
  /** input, output, cache read, cache write */
  price?: readonly [number, number, number?, number?]
}

const million = 1_000_000

const anthropic: readonly CatalogRow[] = [
  reasoning('claude-fable-5-2', 'always', million, 128_000),
  reasoning('claude-fable-5-1', 'always', million, 128_000, [10, 50, 0.25, 12.5]),
  reasoning('claude-fable-5', 'always', million, 128_000, [10, 50, 1, 12.5]),
  reasoning('claude-mythos-5-2', 'always', million, 128_000),
  reasoning('claude-mythos-5-1', 'always', million, 128_000, [10, 50, 0.25, 12.5]),
  reasoning('claude-mythos-5', 'always', million, 128_000, [10, 50, 1, 12.5]),
  reasoning('claude-opus-5-5', 'always', million, 128_000, [4, 20, 0.2, 5]),
  reasoning('claude-opus-5', 'always', million, 128_000, [5, 25, 0.5, 6.25]),
  reasoning('claude-opus-4-8', 'adaptive', million, 128_000, [5, 25, 0.5, 6.25]),
  reasoning('claude-opus-4-7', 'adaptive', million, 128_000, [5, 25, 0.5, 6.25]),
  reasoning('claude-opus-4-6', 'adaptive', million, 128_000, [5, 25, 0.5, 6.25]),
  reasoning('claude-opus-4-5', 'budget', 200_000, 64_000, [5, 25, 0.5, 6.25]),
  reasoning('claude-opus-4', 'budget', 200_000, 32_000, [15, 75, 1.5, 18.75]),
  reasoning('claude-sonnet-5-5', 'always', million, 128_000, [2, 10, 0.1, 2.5]),
  reasoning('claude-sonnet-5', 'always', million, 128_000, [2, 10, 0.2, 2.5]),
  reasoning('claude-sonnet-4-6', 'adaptive', million, 64_000, [3, 15, 0.3, 3.75]),
  reasoning('claude-sonnet-4', 'budget', 200_000, 64_000, [3, 15, 0.3, 3.75]),
  reasoning('claude-3-7-sonnet', 'budget', 200_000, 64_000, [3, 15, 0.3, 3.75]),
  // Prompts of more than 100,000 tokens cost five times as much; this is the price up to there.
  reasoning('claude-haiku-5-5', 'always', million, 128_000, [0.1, 0.5, 0.01, 0.125]),
  reasoning('claude-haiku-4-5', 'budget', 200_000, 64_000, [1, 5, 0.1, 1.25]),
  { id: 'claude-3-5-haiku', window: 200_000, output: 8192, vision: true, price: [0.8, 4, 0.08, 1] },
  { id: 'claude-3', window: 200_000, output: 4096, vision: true },
  // What comes after this list was written.
  reasoning('claude', 'always', 200_000, 64_000),
]

const openai: readonly CatalogRow[] = [
  gpt('gpt-6-astra', 1_050_000, 128_000, [10, 50]),
  gpt('gpt-6.1-sol', 1_050_000, 128_000, [2, 10, 0.1, 2.5]),
  gpt('gpt-6-sol', 1_050_000, 128_000, [2, 10, 0.2, 2.5]),
  gpt('gpt-6-luna', 1_050_000, 128_000, [0.1, 0.5, 0.01, 0.125]),
  gpt('gpt-6.1-terra', 1_050_000, 128_000),
  gpt('gpt-6', 1_050_000, 128_000),
  gpt('gpt-5.6-sol', 1_050_000, 128_000, [4, 20]),
  gpt('gpt-5.6-luna', 1_050_000, 128_000, [0.2, 1.2]),
  gpt('gpt-5.6', 1_050_000, 128_000),
  gpt('gpt-5.5', 1_050_000, 128_000),
  gpt('gpt-5.4-mini', 400_000, 128_000),
  gpt('gpt-5.4-nano', 400_000, 128_000),
  gpt('gpt-5.4', 1_050_000, 128_000),
  gpt('gpt-5.3', 400_000, 128_000, [1.75, 14, 0.175]),
  gpt('gpt-5.2', 400_000, 128_000, [1.75, 14, 0.175]),
  gpt('gpt-5.1', 400_000, 128_000, [1.25, 10, 0.125]),
  gpt('gpt-5-mini', 400_000, 128_000, [0.25, 2, 0.025]),
  gpt('gpt-5-nano', 400_000, 128_000, [0.05, 0.4, 0.005]),
  gpt('gpt-5', 400_000, 128_000, [1.25, 10, 0.125]),
  { id: 'gpt-4.1-mini', window: 1_047_576, output: 32_768, vision: true, price: [0.4, 1.6, 0.1] },
  { id: 'gpt-4.1-nano', window: 1_047_576, output: 32_768, vision: true, price: [0.1, 0.4, 0.025] },
  { id: 'gpt-4.1', window: 1_047_576, output: 32_768, vision: true, price: [2, 8, 0.5] },
  { id: 'gpt-4o-mini', window: 128_000, output: 16_384, vision: true, price: [0.15, 0.6, 0.075] },
  { id: 'gpt-4o', window: 128_000, output: 16_384, vision: true, price: [2.5, 10, 1.25] },
  gpt('o4-mini', 200_000, 100_000, [1.1, 4.4, 0.275]),
  gpt('o3', 200_000, 100_000, [2, 8, 0.5]),
  gpt('codex-mini', 200_000, 100_000, [1.5, 6, 0.375]),
]

const others: readonly CatalogRow[] = [
  {
    id: 'gemini-3.8-flash',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [0.75, 3.75],
  },
  {
    id: 'gemini-3.6-flash',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [0.75, 3.75],
  },
  {
    id: 'gemini-3.5-flash-lite',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [0.3, 2.5, 0.03],
  },
  {
    id: 'gemini-3.5-flash',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [1.5, 9, 0.15],
  },
  {
    id: 'gemini-3.1-pro',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [2, 12, 0.2],
  },
  {
    id: 'gemini-2.5-pro',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [1.25, 10],
  },
  {
    id: 'gemini-2.5-flash',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [0.3, 2.5],
  },
  { id: 'gemini', window: 1_048_576, output: 65_536, vision: true, thinking: 'adaptive' },
  { id: 'grok-4.5', window: 500_000, vision: true, thinking: 'adaptive', price: [2, 6, 0.5] },
  { id: 'grok-4.3', window: million, vision: true, thinking: 'adaptive', price: [1.25, 2.5] },
  { id: 'grok-build', window: 256_000, thinking: 'adaptive', price: [1, 2] },
  {
    id: 'deepseek-v4-pro',
    window: million,
    output: 384_000,
    thinking: 'adaptive',
    price: [0.435, 0.87, 0.003625],
  },
  {
    id: 'deepseek-v4-flash',
    window: million,
    output: 384_000,
    thinking: 'adaptive',
    price: [0.14, 0.28, 0.0028],
  },
  { id: 'deepseek-flash', window: million, output: 384_000, thinking: 'adaptive' },
  { id: 'gpt-oss-120b', window: 131_072, thinking: 'adaptive' },
  { id: 'gpt-oss-20b', window: 131_072, thinking: 'adaptive' },
  { id: 'devstral', window: 256_000 },
  { id: 'codestral', window: 256_000 },
  { id: 'mistral-large', window: 256_000, vision: true },
  { id: 'mistral-medium', window: 128_000, vision: true },
  { id: 'glm-5', window: million, thinking: 'adaptive' },
  { id: 'glm-4.7', window: 200_000, thinking: 'adaptive' },
  { id: 'glm-4.6', window: 200_000, thinking: 'adaptive' },
  { id: 'kimi-k2', window: 256_000, thinking: 'adaptive' },
  { id: 'qwen3-coder', window: 262_144 },
]

const rows: readonly CatalogRow[] = [...anthropic, ...openai, ...others]

/**
 * What the catalogue knows of `model`; always has `id`. `provider` decides whether a price applies: a model of the
 * same name on one's own machine costs nothing.
 */
export function modelInfo(provider: string, model: string): ModelInfo {
  const row = catalogRow(model)
  const wire = findHost(provider)?.wire
  const free = isLocal(provider)
  return {
    id: model,
    ...(row?.window === undefined ? {} : { contextWindow: row.window }),
    ...(row?.output === undefined ? {} : { maxOutputTokens: row.output }),
    ...(row
      ? { tools: true, vision: row.vision === true, thinking: row.thinking !== undefined }
      : {}),
    ...(row?.price && !free && wire !== 'ollama' ? { price: toPrice(row.price) } : {}),
    ...(free ? { free: true } : {}),
  }
}

/** The longest row that `model` begins with, at a border of the name. */
export function catalogRow(model: string): CatalogRow | undefined {
  const wanted = fold(model)
  let best: CatalogRow | undefined
  for (const row of rows) {
    const prefix = fold(row.id)
    if (!wanted.startsWith(prefix) || (best && fold(best.id).length >= prefix.length)) continue
    const next = wanted[prefix.length]
    if (next === undefined || /[-:@[/]/.test(next)) best = row
  }
  return best
}

/** The provider whose own models are named like this; undefined where the name does not tell. */
export function makerOf(model: string): string | undefined {
  if (model.includes('/')) return undefined
  if (/^claude-/i.test(model)) return 'anthropic'
  if (/^(gpt-(?!oss)|o[134](-|$)|chatgpt-|codex-)/i.test(model)) return 'openai'
  if (/^gemini-/i.test(model)) return 'google'
  if (/^grok-/i.test(model)) return 'xai'
  if (/^deepseek-(v\d|chat|reasoner|flash)[^:]*$/i.test(model)) return 'deepseek'
  return undefined
}

function isLocal(provider: string): boolean {
  return ['ollama', 'lmstudio', 'llamacpp', 'vllm', 'builtin', 'mock'].includes(
    findHost(provider)?.id ?? provider,
  )
}

/** Lower case, without the maker's prefix (`anthropic/`, `accounts/x/models/`), dots as dashes. */
function fold(id: string): string {
  return id.toLowerCase().replace(/^.*\//, '').replaceAll('.', '-')
}

function toPrice([input, output, cacheRead, cacheWrite]: readonly [
  number,
  number,
  number?,
  number?,
]): ModelPrice {
  return {
    input,
    output,
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  }
}

/** A model that thinks and takes no sampling settings. */
function reasoning(
  id: string,
  thinking: 'budget' | 'adaptive' | 'always',
  window: number,
  output: number,
  price?: readonly [number, number, number?, number?],
): CatalogRow {
  return {
    id,
    window,
    output,
    vision: true,
    thinking,
    noSampling: true,
    ...(price ? { price } : {}),
  }
}

function gpt(
  id: string,
  window: number,
  output: number,
  price?: readonly [number, number, number?, number?],
): CatalogRow {
  return reasoning(id, 'adaptive', window, output, price)
}
