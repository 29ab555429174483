/**
 * Posting lists that questions ask for again and again: those of frequent words, which cost the most to read. Holds a
 * few megabytes of what was asked last; a segment never changes, so nothing of it grows old.
 */
import type { PostingList } from './segment.ts'

export interface PostingCache {
  /** The list of a key (segment.ts), read when it is not here. */
  get(key: number, read: () => PostingList | undefined): PostingList | undefined
  /** Forgets the lists of segments that are gone. */
  keep(hasSegment: (key: number) => boolean): void
}

const usualLimit = 12 * 1024 * 1024
/** One list may take this share, so that it does not drive out all others. */
const maxShare = 0.25

export function createPostingCache(limit: number = usualLimit): PostingCache {
  /** Least recently asked first. */
  const lists = new Map<number, PostingList>()
  let bytes = 0

  function drop(key: number, list: PostingList): void {
    lists.delete(key)
    bytes -= bytesOf(list)
  }

  return {
    get(key, read) {
      const known = lists.get(key)
      if (known) {
        lists.delete(key)
        lists.set(key, known)
        return known
      }
      const list = read()
      if (!list || bytesOf(list) > limit * maxShare) return list
      lists.set(key, list)
      bytes += bytesOf(list)
      for (const [oldest, old] of lists) {
        if (bytes <= limit) break
        drop(oldest, old)
      }
      return list
    },
    keep(hasSegment) {
      for (const [key, list] of lists) if (!hasSegment(key)) drop(key, list)
    },
  }
}

function bytesOf({ ordinals, words, files }: PostingList): number {
  return ordinals.byteLength + words.byteLength + files.byteLength
}
