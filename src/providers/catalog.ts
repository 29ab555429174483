/**
 * What is known of models without asking anybody: window, output limit, abilities, price. Prices are US dollars for a
 * million tokens as published at `priceDate`, of the maker's own host and for its standard tier; a model that is not
 * listed has no price, and then a cost is said to be unknown rather than guessed. A row matches every id that begins
 * with it.
 */
import type { ModelInfo, ModelPrice, TokenPrice } from '../contract/provider.ts'
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
  price?: PriceColumns
  /** Requests that read more tokens than this cost these prices instead, all of their tokens. */
  above?: { tokens: number; price: PriceColumns }
}

/** input, output, cache read, cache write */
type PriceColumns = readonly [number, number, (number | undefined)?, (number | undefined)?]

export const priceDate = '2026-10'
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
  {
    ...reasoning('claude-haiku-5-5', 'always', million, 128_000, [0.1, 0.5, 0.01, 0.125]),
    above: { tokens: 100_000, price: [0.5, 2.5, 0.05, 0.625] },
  },
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
  gpt('gpt-5.6-sol', 1_050_000, 128_000, [4, 20, 0.4, 5]),
  gpt('gpt-5.6-luna', 1_050_000, 128_000, [0.2, 1.2]),
  gpt('gpt-5.6', 1_050_000, 128_000),
  gpt('gpt-5.5', 1_050_000, 128_000),
  gpt('gpt-5.4-mini', 400_000, 128_000),
  gpt('gpt-5.4-nano', 400_000, 128_000),
  gpt('gpt-5.4-pro', 1_050_000, 128_000, [30, 180]),
  gpt('gpt-5.4', 1_050_000, 128_000, [2.5, 15, 0.25]),
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
    above: { tokens: 200_000, price: [4, 18, 0.4] },
  },
  {
    id: 'gemini-2.5-pro',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [1.25, 10, 0.125],
    above: { tokens: 200_000, price: [2.5, 15, 0.25] },
  },
  {
    id: 'gemini-2.5-flash',
    window: 1_048_576,
    output: 65_536,
    vision: true,
    thinking: 'adaptive',
    price: [0.3, 2.5, 0.03],
  },
  { id: 'gemini', window: 1_048_576, output: 65_536, vision: true, thinking: 'adaptive' },
  {
    id: 'grok-4.5',
    window: 500_000,
    vision: true,
    thinking: 'adaptive',
    price: [2, 6, 0.5],
    above: { tokens: 199_999, price: [4, 12, 1] },
  },
  {
    id: 'grok-4.3',
    window: million,
    vision: true,
    thinking: 'adaptive',
    price: [1.25, 2.5, 0.2],
    above: { tokens: 199_999, price: [2.5, 5, 0.4] },
  },
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
 * same name on one's own machine costs nothing, and at another host than its maker's it may cost anything.
 */
export function modelInfo(provider: string, model: string): ModelInfo {
  const row = catalogRow(model)
  const free = isFree(provider, model)
  const price = row && !free && sellsAtMakersPrice(provider, model) ? toPrice(row) : undefined
  return {
    id: model,
    ...(row?.window === undefined ? {} : { contextWindow: row.window }),
    ...(row?.output === undefined ? {} : { maxOutputTokens: row.output }),
    ...(row
      ? { tools: true, vision: row.vision === true, thinking: row.thinking !== undefined }
      : {}),
    ...(price ? { price } : {}),
    ...(free ? { free: true } : {}),
    ...(costTellers.has(hostIdOf(provider)) ? { costTold: true as const } : {}),
  }
}

/** Every price of the catalogue, under the beginning of the names that it is for. */
export function priceList(): { model: string; price: ModelPrice }[] {
  return rows.flatMap((row) => {
    const price = toPrice(row)
    return price ? [{ model: row.id, price }] : []
  })
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

const localHosts: ReadonlySet<string> = new Set([
  ...['ollama', 'lmstudio', 'llamacpp', 'vllm', 'builtin', 'mock'],
])
/** Hosts that hand requests on at the maker's own price. */
const resellers: ReadonlySet<string> = new Set(['openrouter'])
/** Hosts whose answers say what they took. */
const costTellers: ReadonlySet<string> = new Set(['openrouter', 'xai', 'deepinfra'])

/** What Ollama runs on its own machines is paid for, by a subscription. */
function isFree(provider: string, model: string): boolean {
  if (hostIdOf(provider) === 'openrouter') return model.endsWith(':free')
  return localHosts.has(hostIdOf(provider)) && !/[:-]cloud$/i.test(model)
}

function sellsAtMakersPrice(provider: string, model: string): boolean {
  const host = hostIdOf(provider)
  if (resellers.has(host)) return true
  const maker = makerOf(model.replace(/^.*\//, ''))
  return maker === host || (maker === 'openai' && host === 'azure')
}

function hostIdOf(provider: string): string {
  return findHost(provider)?.id ?? provider
}

/** Lower case, without the maker's prefix (`anthropic/`, `accounts/x/models/`), dots as dashes. */
function fold(id: string): string {
  return id.toLowerCase().replace(/^.*\//, '').replaceAll('.', '-')
}

function toPrice({ price, above }: CatalogRow): ModelPrice | undefined {
  if (!price) return undefined
  return {
    ...toColumns(price),
    ...(above ? { above: [{ tokens: above.tokens, ...toColumns(above.price) }] } : {}),
    source: 'catalogue',
    date: priceDate,
  }
}

function toColumns([input, output, cacheRead, cacheWrite]: PriceColumns): TokenPrice {
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
  price?: PriceColumns,
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

/** Those with the long window cost twice as much to read, and half more to answer, above 272,000 tokens. */
function gpt(id: string, window: number, output: number, price?: PriceColumns): CatalogRow {
  const row = reasoning(id, 'adaptive', window, output, price)
  if (!price || window < million) return row
  const [input, answer, cacheRead, cacheWrite] = price
  const long: PriceColumns = [
    input * 2,
    answer * 1.5,
    cacheRead === undefined ? undefined : cacheRead * 2,
    cacheWrite === undefined ? undefined : cacheWrite * 2,
  ]
  return { ...row, above: { tokens: 272_000, price: long } }
}
