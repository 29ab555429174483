/** What a search engine is: a row that says how it is asked and how its answer is read. */
import type { SearchEngineId } from '../contract/web-service.ts'

export interface SearchHit {
  title: string
  url: string
  snippet: string
}

export interface SearchEngine {
  id: Exclude<SearchEngineId, 'auto'>
  /** For people. */
  name: string
  /** Undefined: the person names it (`searchBaseUrl`). */
  baseUrl: string | undefined
  /** Variables that hold its key, the first that is set counts; empty where it wants none. */
  keys: readonly string[]
  /** A further variable that must be set. */
  also?: string
  request(asked: EngineQuery): EngineRequest
  /** Throws an EngineFailure where the answer is none. */
  parse(body: string, signal: AbortSignal): SearchHit[] | Promise<SearchHit[]>
}

export interface EngineQuery {
  query: string
  limit: number
  /** Without a slash at its end. */
  baseUrl: string
  key: string
  /** Value of the variable `also`. */
  also: string
}

export interface EngineRequest {
  url: string
  headers?: Record<string, string>
  /** Sent as JSON, by POST. */
  json?: object
}

/** The engine answered, but with no results: a captcha, an error in the body. The message says what, in a sentence part. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure'
}
