/** Results out of JSON, by paths into it: `web.results`, `error.0.msg`. */
import { isJsonObject } from '../base/json.ts'
import { EngineFailure, type SearchHit } from './engine.ts'

export interface JsonShape {
  /** Where the list of results is. */
  list: string
  title: string
  url: string
  snippet: string
  /** Where an error is told. */
  failure?: string
  /** What is there although there is no list: then nothing was found. */
  empty?: string
  /** A number of each result that says its place. */
  order?: string
}

export function jsonHits(shape: JsonShape): (body: string) => SearchHit[] {
  return (body) => {
    const value = parse(body)
    const list = at(value, shape.list)
    if (!Array.isArray(list)) {
      const failure = shape.failure === undefined ? undefined : at(value, shape.failure)
      if (typeof failure === 'string') throw new EngineFailure(`says: ${failure.slice(0, 300)}`)
      const found = shape.empty === undefined || at(value, shape.empty) !== undefined
      if (found && isJsonObject(value)) return []
      throw new EngineFailure('answered in an unknown form')
    }
    const rank = (item: unknown) => (shape.order === undefined ? 0 : Number(at(item, shape.order)))
    return [...list]
      .sort((one, other) => rank(one) - rank(other))
      .flatMap((item) => {
        const [title, url] = [at(item, shape.title), at(item, shape.url)]
        if (typeof url !== 'string') return []
        return [{ title: text(title), url, snippet: text(at(item, shape.snippet)) }]
      })
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new EngineFailure('did not answer in JSON')
  }
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
          ? (inner as Record<string, unknown>)[key]
          : undefined,
      value,
    )
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
