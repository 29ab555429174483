/** What every embedder must do, whatever it is: the wires run it against a host on loopback, the built-in one alone. */
import { describe, expect, test } from 'bun:test'
import type { Embedder } from '../../../../workers/vectors/embedders/embedder.ts'

const never = new AbortController().signal

export function embedderSuite(name: string, open: () => Promise<Embedder> | Embedder): void {
  describe(name, () => {
    test('gives each text a unit vector, in order and of one length', async () => {
      const embedder = await open()
      const texts = ['open the session', 'close the window', 'parse a token', 'x']
      const vectors = await embedder.embed(texts, 'document', never)
      expect(vectors).toHaveLength(texts.length)
      for (const [at, vector] of vectors.entries()) {
        expect(vector.length).toBe(embedder.dimensions ?? 0)
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
        const [alone] = await embedder.embed([texts[at] ?? ''], 'document', never)
        expect(dot(vector, alone)).toBeCloseTo(1, 5)
      }
    })

    test('puts a question near the text that shares its words', async () => {
      const embedder = await open()
      const [query] = await embedder.embed(['parse a token'], 'query', never)
      const [same, other] = await embedder.embed(
        ['parse token stream', 'draw a window border'],
        'document',
        never,
      )
      expect(dot(query, same)).toBeGreaterThan(dot(query, other) + 0.1)
    })

    test('gives the same vector for the same text, in a batch or alone', async () => {
      const embedder = await open()
      const many = Array.from({ length: 5 }, (_, at) => `text number ${'abcde'[at]}`)
      const [first] = await embedder.embed(many, 'query', never)
      const [again] = await embedder.embed(many.slice(0, 1), 'query', never)
      expect([...(first ?? [])]).toEqual([...(again ?? [])])
    })

    test('takes odd texts: none at all, a very long one, other scripts, lone surrogates', async () => {
      const embedder = await open()
      expect(await embedder.embed([], 'document', never)).toEqual([])
      const odd = [' ', 'long '.repeat(20_000), 'поиск сессии 検索', 'half \ud83d of a pair']
      const vectors = await embedder.embed(odd, 'document', never)
      expect(vectors).toHaveLength(odd.length)
      for (const vector of vectors) expect(vector.every(Number.isFinite)).toBe(true)
    })

    test('stops when it is told to', async () => {
      const embedder = await open()
      const stopped = AbortSignal.abort()
      await expect(embedder.embed(['anything'], 'document', stopped)).rejects.toMatchObject({
        kind: 'cancelled',
      })
    })
  })
}

export function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  let sum = 0
  for (let at = 0; at < (a?.length ?? 0); at++) sum += (a?.[at] ?? 0) * (b?.[at] ?? 0)
  return sum
}
