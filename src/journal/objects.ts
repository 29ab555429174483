/**
 * Contents of files, each once, under the SHA of its git blob: compressed, written whole or not at all, verified when
 * they are read. Several processes may write and read at the same time.
 */
import { mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode } from '../base/errors.ts'

export interface Objects {
  /** Answers the bytes that it takes on disk; `durable`: a power cut after that does not take it. */
  put(sha: string, bytes: Uint8Array, options?: { durable: boolean }): Promise<number>
  /** Undefined where it is not there, or is not what it was. */
  get(sha: string): Promise<Uint8Array | undefined>
  has(sha: string): boolean
  remove(sha: string): void
  /** All that lie there, with their bytes on disk and when they were last asked for (ms since the epoch). */
  list(): Generator<{ sha: string; bytes: number; usedAt: number }>
}

/** Whoever finds an object that is there already says so by its date: then it is not taken for left over. */
const renewAfterMs = 10 * 60_000
const level = 3
const maxAtOnceBytes = 256 * 1024

export function blobSha(bytes: Uint8Array): string {
  return new Bun.CryptoHasher('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

export function openObjects(directory: string): Objects {
  const place = (sha: string) => join(directory, sha.slice(0, 2), sha.slice(2))

  async function put(
    sha: string,
    bytes: Uint8Array,
    { durable } = { durable: false },
  ): Promise<number> {
    const path = place(sha)
    const found = statSync(path, { throwIfNoEntry: false })
    // One that is damaged must not stand for the same content when it comes again.
    if (found && found.size > 0 && (await get(sha))) {
      if (durable) await flush(path)
      if (Date.now() - found.mtimeMs > renewAfterMs) renew(path)
      return found.size
    }
    const packed = await pack(bytes)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const temporary = `${path}.${crypto.getRandomValues(new Uint8Array(6)).toHex()}.tmp`
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await writeAll(handle, packed)
      if (durable) await handle.datasync()
      await handle.close()
      await rename(temporary, path)
    } catch (thrown) {
      await handle.close().catch(() => {})
      await unlink(temporary).catch(() => {})
      throw thrown
    }
    return packed.length
  }

  async function get(sha: string): Promise<Uint8Array | undefined> {
    try {
      const bytes = await Bun.zstdDecompress(await readFile(place(sha)))
      return blobSha(bytes) === sha ? bytes : undefined
    } catch {
      return undefined
    }
  }

  function* list(): Generator<{ sha: string; bytes: number; usedAt: number }> {
    for (const folder of namesIn(directory)) {
      for (const name of namesIn(join(directory, folder))) {
        const found = statSync(join(directory, folder, name), { throwIfNoEntry: false })
        if (found) yield { sha: folder + name, bytes: found.size, usedAt: found.mtimeMs }
      }
    }
  }

  return {
    put,
    get,
    has: (sha) => (statSync(place(sha), { throwIfNoEntry: false })?.size ?? 0) > 0,
    remove: (sha) => rmSync(place(sha), { force: true }),
    list,
  }
}

/** Small ones at once: another thread would cost more than the work. */
function pack(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
  if (bytes.length <= maxAtOnceBytes) return Bun.zstdCompressSync(bytes, { level })
  return Bun.zstdCompress(bytes, { level })
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.datasync().finally(() => handle.close())
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset, offset)
    offset += bytesWritten
  }
}

function renew(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // Somebody else's file: then it is theirs to keep.
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR') return []
    throw thrown
  }
}
