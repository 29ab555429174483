/** The vectors of one embedder in memory: exact, through a graph, and as the database changes under them. */
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quantize } from '../../../workers/vectors/embed.ts'
import { openSearchStore, type SearchStore } from '../../../workers/vectors/store.ts'
import { builtinId } from '../../../workers/vectors/vector-schema.ts'
import {
  openVectorSpace,
  standardized,
  type VectorSpace,
} from '../../../workers/vectors/vector-space.ts'
import { createVectorTable } from '../../../workers/vectors/vector-table.ts'
import { hnsw } from './searchable.ts'

const dimensions = 24
const directories: string[] = []
const stores: SearchStore[] = []

afterAll(() => {
  for (const store of stores) store.close()
  for (const directory of directories) rmSync(directory, { recursive: true })
})

/** Without a C++ compiler there is no addon, hence no graph. */
const withGraph = test.skipIf(!hnsw)

interface Place {
  directory: string
  store: SearchStore
  open(how?: 'exact'): VectorSpace
  put(...ids: number[]): void
  remove(...ids: number[]): void
  files(): string[]
}

function makePlace(): Place {
  const directory = mkdtempSync(join(tmpdir(), 'codi-space-'))
  const store = openSearchStore(directory)
  directories.push(directory)
  stores.push(store)
  const table = createVectorTable(store)
  return {
    directory,
    store,
    open: (how) =>
      openVectorSpace({
        store,
        directory,
        dimensions,
        embedder: builtinId,
        hnsw: how === 'exact' ? undefined : hnsw,
        exactUpTo: 50,
      }),
    put: (...ids) =>
      store.transaction(() => {
        for (const id of ids) table.put(id, quantize(vectorOf(id)))
      }),
    remove: (...ids) => store.transaction(() => table.remove(ids)),
    files: () => readdirSync(directory).filter((name) => name.startsWith('hnsw-')),
  }
}

/** A unit vector that follows from the number, the same on every run. */
function vectorOf(id: number): Float32Array {
  const vector = new Float32Array(dimensions)
  let state = Math.imul(id + 1, 0x9e3779b9)
  for (let at = 0; at < dimensions; at++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5
    vector[at] = (state >>> 8) / 2 ** 23 - 1
  }
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

function finish(space: VectorSpace): void {
  while (space.follow(50) > 0);
}

describe('few vectors', () => {
  test('are searched exactly, and followed as they come and go', () => {
    const place = makePlace()
    place.put(...range(1, 41))
    const space = place.open()
    expect(space.nearest(vectorOf(7), 1)).toEqual([7])
    expect(space.kind).toBe('exact')
    place.remove(7, 8)
    place.put(41)
    expect(space.nearest(vectorOf(7), 40)).not.toContain(7)
    expect(space.nearest(vectorOf(41), 1)).toEqual([41])
    expect(space.nearest(vectorOf(1), 100)).toHaveLength(39)
    space.save()
    expect(place.files()).toEqual([])
  })

  test('a set to look in is all that is answered', () => {
    const place = makePlace()
    place.put(...range(1, 41))
    const space = place.open()
    const within = new Set([3, 30, 999])
    expect(space.nearest(vectorOf(5), 10, within).sort()).toEqual([3, 30])
    expect(space.nearest(vectorOf(5), 10, new Set())).toEqual([])
    expect(space.nearest(vectorOf(5), 0)).toEqual([])
  })

  test('cosines stand in the order of the ids, NaN where there is no vector', () => {
    const place = makePlace()
    place.put(1, 2)
    const cosines = place.open().cosines(vectorOf(2), [2, 99, 1])
    expect(cosines[0]).toBeCloseTo(1, 2)
    expect(cosines[1]).toBeNaN()
    expect(cosines[2]).toBeLessThan(0.9)
    expect([...standardized(cosines)].map(Math.round)).toEqual([1, 0, -1])
  })

  test('a reader that is further behind than the log compares everything', () => {
    const place = makePlace()
    place.put(...range(1, 31))
    const space = place.open()
    finish(space)
    place.store.database.run('DELETE FROM vector_changes')
    place.store.database.run("UPDATE sqlite_sequence SET seq = 90000 WHERE name = 'vector_changes'")
    place.remove(1)
    place.store.database.run('DELETE FROM vectors WHERE id = 2')
    place.put(31)
    expect(space.nearest(vectorOf(1), 40)).not.toContain(1)
    expect(space.nearest(vectorOf(2), 40)).not.toContain(2)
    expect(space.nearest(vectorOf(31), 1)).toEqual([31])
  })

  test('vectors of another length are none', () => {
    const place = makePlace()
    place.put(1)
    const table = createVectorTable(place.store)
    place.store.transaction(() => table.put(2, new Int8Array(dimensions - 1).fill(5)))
    const space = place.open()
    expect(space.nearest(vectorOf(2), 10)).toEqual([1])
    expect(space.cosines(vectorOf(2), [2])[0]).toBeNaN()
  })
})

describe('many vectors', () => {
  const place = makePlace()
  place.put(...range(1, 1_201))

  withGraph('have a graph that finds what the exact search finds', () => {
    const graph = place.open()
    const exact = place.open('exact')
    finish(graph)
    expect([graph.kind, exact.kind]).toEqual(['hnsw', 'exact'])
    let found = 0
    for (const id of range(10_000, 10_050)) {
      const wanted = new Set(exact.nearest(vectorOf(id), 10))
      found += graph.nearest(vectorOf(id), 10).filter((other) => wanted.has(other)).length
    }
    expect(found / 500).toBeGreaterThan(0.95)
  })

  withGraph('are answered while the graph is being built, and no answer waits for it', () => {
    const space = place.open()
    expect(space.follow(0)).toBeGreaterThan(0)
    const early = space.nearest(vectorOf(1), 5)
    expect(early.length).toBeGreaterThan(0)
    finish(space)
    expect(space.nearest(vectorOf(1), 1)).toEqual([1])
  })

  withGraph('that are equal are found all, and lost one by one', () => {
    const own = makePlace()
    own.put(...range(1, 101))
    const table = createVectorTable(own.store)
    const twins = range(200, 300)
    own.store.transaction(() => {
      for (const id of twins) table.put(id, quantize(vectorOf(7)))
    })
    const space = own.open()
    finish(space)
    expect(space.nearest(vectorOf(7), 101).toSorted((a, b) => a - b)).toEqual([7, ...twins])
    space.save()
    own.remove(7, ...twins.slice(0, 98))
    expect(space.nearest(vectorOf(7), 3).slice(0, 2).toSorted()).toEqual([298, 299])
    const again = own.open()
    finish(again)
    expect(again.nearest(vectorOf(7), 3).slice(0, 2).toSorted()).toEqual([298, 299])
    own.remove(298, 299)
    for (const one of [space, again]) expect(one.nearest(vectorOf(7), 50)).not.toContain(299)
  })

  withGraph('come back from the file, with what changed since', () => {
    const space = place.open()
    finish(space)
    space.save()
    expect(place.files()).toHaveLength(1)
    place.remove(5)
    place.put(1_201)
    const again = place.open()
    expect(again.follow(0)).toBeLessThan(2)
    finish(again)
    expect(again.nearest(vectorOf(5), 20)).not.toContain(5)
    expect(again.nearest(vectorOf(1_201), 1)).toEqual([1_201])
    expect(again.nearest(vectorOf(17), 1)).toEqual([17])
    place.put(5)
    place.remove(1_201)
  })

  for (const damage of ['cut short', 'garbage', 'one bit'])
    withGraph(`a file that is damaged (${damage}) is removed and built again`, async () => {
      const space = place.open()
      finish(space)
      place.put(9_999)
      finish(space)
      for (const name of place.files()) rmSync(join(place.directory, name))
      const fresh = place.open()
      finish(fresh)
      fresh.save()
      const [name = ''] = place.files()
      const path = join(place.directory, name)
      const { size } = statSync(path)
      if (damage === 'cut short') truncateSync(path, size >> 1)
      else if (damage === 'garbage') writeFileSync(path, 'no graph at all')
      else {
        const bytes = await Bun.file(path).bytes()
        bytes[size >> 1] = (bytes[size >> 1] ?? 0) ^ 1
        writeFileSync(path, bytes)
      }
      const after = place.open()
      finish(after)
      expect(after.nearest(vectorOf(77), 1)).toEqual([77])
      after.save()
      expect(place.files()).toHaveLength(1)
      place.remove(9_999)
    })

  withGraph(
    'removed ones are reclaimed: ten times everything anew leaves one graph of the same size',
    () => {
      const own = makePlace()
      own.put(...range(0, 400).map((at) => at + 1))
      const space = own.open()
      finish(space)
      space.save()
      const [before = ''] = own.files()
      const size = statSync(join(own.directory, before)).size
      for (let round = 1; round <= 10; round++) {
        const old = (round - 1) * 400
        own.remove(...range(old + 1, old + 401))
        own.put(...range(old + 401, old + 801))
        finish(space)
        space.save()
      }
      expect(own.files()).toHaveLength(1)
      expect(statSync(join(own.directory, own.files()[0] ?? '')).size).toBe(size)
      expect(space.nearest(vectorOf(4_100), 1)).toEqual([4_100])
      expect(space.nearest(vectorOf(1), 500).every((id) => id > 4_000)).toBe(true)
    },
  )

  withGraph(
    'graphs of a database that is gone are removed, unfinished ones of the killed too',
    () => {
      const own = makePlace()
      own.put(...range(1, 101))
      writeFileSync(join(own.directory, 'hnsw-0123456789ab-0-24-abc.bin'), 'old')
      const space = own.open()
      finish(space)
      space.save()
      expect(own.files()).toHaveLength(1)
      expect(own.files()[0]).not.toContain('0123456789ab')
    },
  )
})
