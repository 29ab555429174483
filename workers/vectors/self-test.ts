/** What `codi --self-test` asks of the vectors worker: the nearest vector is found, and by which means. */
import { errorMessage } from '../../src/base/errors.ts'
import type { SelfTest } from '../../src/contract/services.ts'
import { createBuiltinEmbedder, quantize } from './embed.ts'
import { createFlatVectors } from './flat-vectors.ts'
import { createGraph } from './graph.ts'
import { loadHnsw } from './hnsw-addon.ts'

export async function vectorsSelfTest(): Promise<SelfTest[]> {
  const embedder = createBuiltinEmbedder()
  const words = ['retri', 'session', 'parser', 'token', 'window']
  const wanted = 3
  const Hnsw = loadHnsw()
  const name = 'hnsw'
  try {
    const collection = Hnsw
      ? createGraph(Hnsw, embedder.dimensions)
      : createFlatVectors(embedder.dimensions)
    for (const [id, word] of words.entries())
      collection.put(id, quantize(embedder.code([[word, 1]])))
    const vector = embedder.query([[words[wanted] ?? '', 1]])
    const ok = collection.nearest(vector, 1)[0]?.id === wanted
    if (!ok) return [{ name, ok, note: 'it answered with a wrong neighbour' }]
    return [{ name, ok, note: Hnsw ? 'native addon' : 'no native addon: vector search is exact' }]
  } catch (thrown) {
    return [{ name, ok: false, note: errorMessage(thrown) }]
  }
}
