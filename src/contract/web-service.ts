/** Pages and searches of the web, for tools. Every address is checked after its name was resolved. */

/** What the setting `searchEngine` may name; `auto` takes the first that has a key, else the ones that need none. */
export const searchEngineIds = [
  'auto',
  'duckduckgo',
  'duckduckgo-lite',
  'wikipedia',
  'searxng',
  'brave',
  'tavily',
  'exa',
  'kagi',
  'serper',
  'google',
  'bing',
] as const
export type SearchEngineId = (typeof searchEngineIds)[number]

export interface WebService {
  /**
   * Gets one page. Redirects are followed only to the same host, or from http to https of it; another host is an answer
   * of its own. Throws a CodiError of kind `outside` for an address that is private, link-local or of a metadata
   * service and not allowed by the person's settings, `limit` after the time, `unreachable` where the host does not answer.
   */
  fetch(request: WebRequest, signal: AbortSignal): Promise<WebPage>
  search(request: WebSearch, signal: AbortSignal): Promise<WebSearchResult>
  /** `host:port` that a fetch of this address would contact first; for the gate. Throws a CodiError for a wrong one. */
  pageHost(url: string): string
  /** Each `host:port` that a search would contact; for the gate. */
  searchHosts(): string[]
}

export interface WebRequest {
  url: string
  /** Bytes of the body that are read at most. */
  maxBytes: number
  timeoutMs: number
}

export interface WebPage {
  /** After redirects. */
  url: string
  status: number
  mediaType: string
  /** HTML as Markdown, other text as it is; absent for what is no text. */
  text?: string
  title?: string
  /** An image, or another kind of file that is recognised but not text. */
  bytes?: Uint8Array
  /** True where the body was longer than `maxBytes`. */
  truncated: boolean
  /** Another host that the page points to: nothing was fetched from there. */
  redirect?: string
}

export interface WebSearch {
  query: string
  limit: number
}

export interface WebSearchResult {
  /** Name for people. */
  engine: string
  results: { title: string; url: string; snippet: string }[]
  /** Engines that were asked before and did not answer, each in a sentence. */
  failed: string[]
}
