/**
 * What is known of embedding models: what they want before a question and before a document, how long their vectors
 * are and how much text they take. A model that no row fits gets no prefixes and tells its length with its first
 * answer. Prices are of November 2026, in US dollars a million tokens; `embeddingPrice` overrides them.
 */

export interface EmbeddingModel {
  /** Found in the model's name, whatever stands around it (a tag, an owner). */
  match: RegExp
  query?: string
  document?: string
  dimensions?: number
  /** A beginning of the vector is a vector too. */
  shortens?: true
  /** What is asked for unless a person says otherwise: shorter vectors cost a tenth of the memory and little else. */
  usual?: number
  /** Tokens of one text. */
  window?: number
}

const passages = 'Represent this sentence for searching relevant passages: '
const task = 'Given a question about a code base, retrieve the code that answers it'

/** The first that fits counts. */
const models: readonly EmbeddingModel[] = [
  { match: /text-embedding-3-small/, dimensions: 1536, shortens: true, usual: 512, window: 8191 },
  { match: /text-embedding-3-large/, dimensions: 3072, shortens: true, usual: 1024, window: 8191 },
  { match: /text-embedding-ada-002/, dimensions: 1536, window: 8191 },
  { match: /gemini-embedding/, dimensions: 3072, shortens: true, usual: 768, window: 2048 },
  { match: /codestral-embed/, dimensions: 1536, shortens: true, usual: 512, window: 8192 },
  { match: /mistral-embed/, dimensions: 1024, window: 8192 },
  {
    match: /nomic-embed-code/,
    query: 'Represent this query for searching relevant code: ',
    dimensions: 3584,
    window: 8192,
  },
  {
    match: /nomic-embed-text-v2/,
    query: 'search_query: ',
    document: 'search_document: ',
    dimensions: 768,
    shortens: true,
    window: 512,
  },
  {
    match: /nomic-embed-text/,
    query: 'search_query: ',
    document: 'search_document: ',
    dimensions: 768,
    window: 2048,
  },
  { match: /mxbai-embed-large/, query: passages, dimensions: 1024, shortens: true, window: 512 },
  { match: /mxbai-embed-xsmall/, dimensions: 384, shortens: true, window: 4096 },
  {
    match: /snowflake-arctic-embed(2|-l-v2|-m-v2|.*v2\.0)/,
    query: 'query: ',
    window: 8192,
  },
  { match: /arctic-embed/, query: passages, window: 512 },
  { match: /bge-m3/, dimensions: 1024, window: 8192 },
  { match: /bge-large-en/, query: passages, dimensions: 1024, window: 512 },
  { match: /bge-large/, query: passages, dimensions: 1024, window: 512 },
  { match: /bge-base/, query: passages, dimensions: 768, window: 512 },
  { match: /bge-small/, query: passages, dimensions: 384, window: 512 },
  {
    match: /qwen3-embedding/,
    query: `Instruct: ${task}\nQuery: `,
    shortens: true,
    usual: 1024,
    window: 8192,
  },
  {
    match: /embeddinggemma|embedding-gemma/,
    query: 'task: code retrieval | query: ',
    document: 'title: none | text: ',
    dimensions: 768,
    shortens: true,
    window: 2048,
  },
  { match: /all-minilm/, dimensions: 384, window: 256 },
  { match: /e5-(small|base|large)/, query: 'query: ', document: 'passage: ', window: 512 },
  { match: /granite-embedding/, window: 512 },
  { match: /jina-embeddings-v2/, dimensions: 768, window: 8192 },
]

export function findModel(name: string): EmbeddingModel | undefined {
  const wanted = name.toLowerCase().replaceAll('_', '-')
  return models.find((model) => model.match.test(wanted))
}

/** By host and model; the same model may cost nothing elsewhere. */
const prices: Readonly<Record<string, number>> = {
  'openai/text-embedding-3-small': 0.02,
  'openai/text-embedding-3-large': 0.13,
  'openai/text-embedding-ada-002': 0.1,
  'azure/text-embedding-3-small': 0.02,
  'azure/text-embedding-3-large': 0.13,
  'azure/text-embedding-ada-002': 0.1,
  'mistral/mistral-embed': 0.1,
  'mistral/codestral-embed': 0.15,
  'google/gemini-embedding-001': 0.15,
}

/** US dollars a million tokens; undefined where nobody knows. */
export function listPrice(name: string): number | undefined {
  return prices[name.toLowerCase()]
}
