/**
 * Keeps the segments few and clean: neighbours in size become one, and what is dead is left behind. The new segment is
 * written in slices beside the old ones and takes their place in one transaction; a kill before that leaves postings
 * that nobody reads, which the next run sweeps.
 */
import { cancelled } from '../../src/base/async.ts'
import { bumpVersion, nextSegment } from './index-writer.ts'
import { joinColumns, joinPostings, mergedTerms, openPart, sliceEnd } from './join-segments.ts'
import type { Lease } from './lease.ts'
import { encodeColumns, encodePostings, encodeTerms, postingKey, segmentOfKey } from './segment.ts'
import type { SearchStore } from './store.ts'

/** A segment joins its smaller ones when it is not larger than so many times their sum. */
const growth = 2
const minMerged = 4
/** Together so small that merging costs less than another segment for every question. */
const smallChunks = 256
/** A segment with a larger share of dead chunks is written anew. */
const worn = 0.25
const keysPerSweep = 5_000
const freePagesKept = 2_000
const pagesPerSlice = 1_000

export async function mergeSegments(
  store: SearchStore,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  await sweep(store, lease, signal)
  for (let chosen = choose(store); chosen.length > 0; chosen = choose(store)) {
    await merge(store, { ids: chosen, lease }, signal)
    await sweep(store, lease, signal)
  }
  await shrink(store, signal)
}

/** Ids of the segments that shall become one; empty when all is well. */
function choose(store: SearchStore): number[] {
  const rows = store
    .query<{ id: number; chunks: number; live: number }, []>(
      `SELECT s.id, s.chunks, s.chunks -
         (SELECT coalesce(sum(d.chunks), 0) FROM dead d WHERE d.segment = s.id) AS live
       FROM segments s ORDER BY live`,
    )
    .all()
  let sum = 0
  let end = 0
  rows.forEach((row, index) => {
    const several = index + 1 >= minMerged || sum + row.live <= smallChunks
    if (index > 0 && several && row.live <= growth * sum) end = index + 1
    sum += row.live
  })
  if (end > 0) return rows.slice(0, end).map((row) => row.id)
  const old = rows.find((row) => row.live < row.chunks * (1 - worn))
  return old ? [old.id] : []
}

async function merge(
  store: SearchStore,
  { ids, lease }: { ids: readonly number[]; lease: Lease },
  signal: AbortSignal,
): Promise<void> {
  const { parts, columns } = joinColumns(ids.map((id) => openPart(store, id)))
  let segment = 0
  store.transaction(() => {
    lease.renew()
    segment = nextSegment(store)
  })
  const termIds = mergedTerms(parts)
  const kept: number[] = []
  const counts: number[] = []
  const insert = store.query<never, [number, Uint8Array]>(
    'INSERT INTO postings (key, data) VALUES (?, ?)',
  )
  for (let from = 0; from < termIds.length; ) {
    if (signal.aborted) throw cancelled()
    const to = sliceEnd(parts, termIds, from)
    store.transaction(() => {
      lease.renew()
      for (const [term, list] of joinPostings(store, parts, termIds, from, to)) {
        kept.push(term)
        counts.push(list.ordinals.length)
        insert.run(postingKey(segment, term), encodePostings(list))
      }
    })
    from = to
    await new Promise(setImmediate)
  }
  store.transaction(() => {
    lease.renew()
    const remove = store.query<never, [number]>('DELETE FROM segments WHERE id = ?')
    const forget = store.query<never, [number]>('DELETE FROM dead WHERE segment = ?')
    const move = store.query<never, [number, number, number]>(
      'UPDATE docs SET segment = ? WHERE id = ? AND segment = ?',
    )
    for (const part of parts) {
      part.columns.docIds.forEach((docId, file) => {
        if (!part.isDead(file)) move.run(segment, docId, part.id)
      })
      remove.run(part.id)
      forget.run(part.id)
    }
    if (columns.chunkIds.length > 0)
      store
        .query<never, [number, number, Uint8Array, Uint8Array]>(
          'INSERT INTO segments (id, chunks, columns, terms) VALUES (?, ?, ?, ?)',
        )
        .run(
          segment,
          columns.chunkIds.length,
          encodeColumns(columns),
          encodeTerms({ ids: Uint32Array.from(kept), counts: Uint32Array.from(counts) }),
        )
    bumpVersion(store)
  })
}

/** Postings of segments that are no longer, or never came to be. */
async function sweep(store: SearchStore, lease: Lease, signal: AbortSignal): Promise<void> {
  const living = new Set(
    store
      .query<{ id: number }, []>('SELECT id FROM segments')
      .all()
      .map((row) => row.id),
  )
  const nextKey = store.query<{ key: number }, [number]>(
    'SELECT key FROM postings WHERE key >= ? ORDER BY key LIMIT 1',
  )
  const remove = store.query<never, [number, number, number]>(
    `DELETE FROM postings WHERE key IN
       (SELECT key FROM postings WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)`,
  )
  for (let row = nextKey.get(0); row; ) {
    const segment = segmentOfKey(row.key)
    const end = postingKey(segment + 1, 0)
    if (!living.has(segment)) {
      for (let changes = keysPerSweep; changes >= keysPerSweep; ) {
        if (signal.aborted) throw cancelled()
        store.transaction(() => {
          lease.renew()
          changes = remove.run(postingKey(segment, 0), end - 1, keysPerSweep).changes
        })
        await new Promise(setImmediate)
      }
    }
    row = nextKey.get(end)
  }
  store.transaction(() => {
    lease.renew()
    store.query<never, []>('DELETE FROM dead WHERE segment NOT IN (SELECT id FROM segments)').run()
  })
}

/** Gives pages back that nothing uses, but for some that the next write will want. */
async function shrink(store: SearchStore, signal: AbortSignal): Promise<void> {
  const freePages = () =>
    store.query<{ freelist_count: number }, []>('PRAGMA freelist_count').get()?.freelist_count ?? 0
  for (let free = freePages(); free > freePagesKept; ) {
    if (signal.aborted) throw cancelled()
    store.database.run(`PRAGMA incremental_vacuum(${pagesPerSlice})`)
    const left = freePages()
    if (left >= free) break
    free = left
    await new Promise(setImmediate)
  }
}
