/**
 * The prices in force: those of the person's settings, then those of `prices.json`, then what comes with the model (the
 * catalogue, or its host's list). A row names models by a pattern; the closest pattern counts.
 */
import { existsSync } from 'node:fs'
import { errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import { readSmallFile } from '../base/small-file.ts'
import type { ModelInfo, ModelPrice, TokenPrice } from '../contract/provider.ts'

export interface PriceBook {
  /** What is known of a model, with the price that is in force. */
  applied(provider: string, info: ModelInfo): ModelInfo
  /** The rows of the person, the closest first. */
  rows(): { pattern: string; price: ModelPrice }[]
}

export interface PriceBookOptions {
  /** The setting `prices`. */
  settings: JsonObject | undefined
  /** `prices.json`, which need not be there. */
  file: string
  now(): number
  warn(text: string): void
}

interface Row {
  pattern: string
  matches: RegExp
  /** Letters that are no wildcard. */
  letters: number
  price: ModelPrice
}

const maxFileBytes = 4 * 1024 * 1024
const keys = ['input', 'output', 'cacheRead', 'cacheWrite', 'above', 'since', 'tokens']

export function openPriceBook(options: PriceBookOptions): PriceBook {
  let read: Row[] | undefined

  function rows(): Row[] {
    read ??= [
      ...closestFirst(readRows(options.settings ?? {}, { ...options, source: 'settings' })),
      ...closestFirst(readRows(fileContent(options), { ...options, source: 'prices.json' })),
    ]
    return read
  }

  return {
    applied(provider, info) {
      const name = `${provider}/${info.id}`.toLowerCase()
      const row = rows().find(({ matches }) => matches.test(name))
      return row ? { ...info, price: row.price } : info
    },
    rows: () => rows().map(({ pattern, price }) => ({ pattern, price })),
  }
}

function fileContent({ file, warn }: PriceBookOptions): JsonObject {
  if (!existsSync(file)) return {}
  try {
    const value: unknown = Bun.JSONC.parse(readSmallFile(file, maxFileBytes))
    if (isJsonObject(value)) return value
    warn(`${file} is not an object of prices; see docs/usage.md`)
  } catch (thrown) {
    warn(`Cannot read the prices of ${file}: ${errorMessage(thrown)}`)
  }
  return {}
}

function readRows(
  table: JsonObject,
  about: { source: string; now(): number; warn(text: string): void },
): Row[] {
  return Object.entries(table).flatMap(([pattern, value]) => {
    const price = priceInForce(value, about.now())
    if (typeof price === 'string') {
      about.warn(`The price of "${pattern}" (${about.source}) is left out: ${price}`)
      return []
    }
    if (price === undefined) return []
    return [{ ...patternOf(pattern), price: { ...price, source: about.source } }]
  })
}

/** Of several the one that began last; undefined where none has begun; a text says what is wrong. */
function priceInForce(value: JsonValue | undefined, now: number): ModelPrice | string | undefined {
  const candidates = Array.isArray(value) ? value : [value]
  let best: { price: ModelPrice; since: number } | undefined
  for (const candidate of candidates) {
    if (!isJsonObject(candidate)) return 'it wants {"input": DOLLARS, "output": DOLLARS}'
    const price = readPrice(candidate)
    if (typeof price === 'string') return price
    const since = price.date === undefined ? 0 : Date.parse(`${price.date}T00:00`)
    if (since <= now && (!best || since >= best.since)) best = { price, since }
  }
  return best?.price
}

function readPrice(value: JsonObject): ModelPrice | string {
  const price = readColumns(value)
  if (typeof price === 'string') return price
  const steps = value.above === undefined ? [] : [value.above].flat()
  const above: NonNullable<ModelPrice['above']> = []
  for (const step of steps) {
    const columns = isJsonObject(step) ? readColumns(step) : 'above wants an object'
    if (typeof columns === 'string') return columns
    const tokens = isJsonObject(step) ? step.tokens : undefined
    if (typeof tokens !== 'number' || !(tokens > 0)) return 'above wants a number of tokens'
    above.push({ ...columns, tokens })
  }
  const { since } = value
  if (since !== undefined && !isDay(since)) return 'since wants a day such as "2026-10-01"'
  return {
    ...price,
    ...(above.length === 0 ? {} : { above }),
    ...(typeof since === 'string' ? { date: since } : {}),
  }
}

function readColumns(value: JsonObject): TokenPrice | string {
  const unknown = Object.keys(value).find((key) => !keys.includes(key))
  if (unknown !== undefined) return `it has no "${unknown}"; known are ${keys.join(', ')}`
  const price: TokenPrice = { input: 0, output: 0 }
  for (const key of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
    const given = value[key]
    if (given === undefined && key !== 'input' && key !== 'output') continue
    if (typeof given !== 'number' || !Number.isFinite(given) || given < 0)
      return `${key} wants dollars a million tokens, a number of at least 0`
    price[key] = given
  }
  return price
}

function isDay(value: JsonValue): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d$/.test(value) &&
    !Number.isNaN(Date.parse(`${value}T00:00`))
  )
}

/** `*` stands for any text; a name without a provider is of every one. */
function patternOf(pattern: string): Omit<Row, 'price'> {
  const whole = pattern.includes('/') || pattern === '*' ? pattern : `*/${pattern}`
  const source = whole
    .toLowerCase()
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return {
    pattern,
    matches: new RegExp(`^${source}$`),
    letters: whole.replaceAll('*', '').length + (whole.includes('*') ? 0 : 1000),
  }
}

function closestFirst(rows: Row[]): Row[] {
  return rows.sort((a, b) => b.letters - a.letters)
}
