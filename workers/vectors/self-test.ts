/** What `codi --self-test` asks of the vectors worker: the nearest vector is found, and by which means. */
import { errorMessage } from '../../src/base/errors.ts'
import type { SelfTest } from '../../src/contract/services.ts'
import { createEmbedder, dequantize, dimensions, quantize } from './embed.ts'
import { loadHnsw } from './hnsw-addon.ts'

export async function vectorsSelfTest(): Promise<SelfTest[]> {
  const embedder = createEmbedder()
  const words = ['retry', 'session', 'parser', 'token', 'window']
  const vectors = words.map((word) => quantize(embedder.embed([[word, 1]])))
  const wanted = 3
  const Hnsw = loadHnsw()
  if (!Hnsw) return [{ name: 'hnsw', ok: true, note: 'no native addon: vector search is exact' }]
  try {
    const graph = new Hnsw('ip', dimensions)
    graph.initIndex(words.length, 8, 40, 1, true)
    for (const [label, vector] of vectors.entries())
      graph.addPoint(dequantize(vector), label, false)
    const query = Array.from(embedder.embed([[words[wanted] ?? '', 1]]))
    const ok = graph.searchKnn(query, 1).neighbors[0] === wanted
    return [{ name: 'hnsw', ok, note: ok ? 'native addon' : 'it answered with a wrong neighbour' }]
  } catch (thrown) {
    return [{ name: 'hnsw', ok: false, note: errorMessage(thrown) }]
  }
}
