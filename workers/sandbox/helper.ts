/**
 * The helper that confines commands (helper/main.c), where it can be executed: in a sealed file in memory, which
 * nobody can change, else a copy in the cache directory that is compared before each use.
 */
import { CString, dlopen, FFIType, ptr, read } from 'bun:ffi'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { errorMessage } from '../../src/base/errors.ts'
import { openLibc } from '../../src/base/libc.ts'
import { readPackedSync } from '../../src/base/packed.ts'
import { embeddedHelper } from './helper-embedded.ts'

export type HelperPath = string | { reason: string }

/** A path that can be executed as long as this process lives. Prepared by the first call, then at once. */
export const helperPath = preparedOnce()

/** What the helper answers when it is started without flags: it ran, and refused. */
const refusedStatus = 125

function preparedOnce(): () => HelperPath {
  let prepared: (() => HelperPath) | undefined
  return () => {
    prepared ??= prepare()
    return prepared()
  }
}

function prepare(): () => HelperPath {
  const missing = (reason: string) => () => ({ reason })
  if (process.platform !== 'linux') return missing('the helper is for Linux')
  if (embeddedHelper === undefined) return missing('this build of codi has no helper')
  let bytes: Uint8Array
  try {
    bytes = readPackedSync(embeddedHelper)
  } catch {
    return missing('the helper was not built: run `bun run build` with a C compiler')
  }
  const inMemory = sealedFile(bytes)
  if (typeof inMemory === 'string') {
    const refusal = whyNotExecutable(inMemory)
    if (refusal === undefined) return () => inMemory
    return cachedCopy(bytes, refusal)
  }
  return cachedCopy(bytes, inMemory.reason)
}

/** Undefined when the helper starts from there. */
function whyNotExecutable(path: string): string | undefined {
  try {
    const { exitCode } = Bun.spawnSync([path], { stdout: 'ignore', stderr: 'ignore' })
    return exitCode === refusedStatus ? undefined : `${path} exits with ${exitCode}`
  } catch (thrown) {
    return errorMessage(thrown)
  }
}

const closeOnExec = 1
const allowSealing = 2
/** Kernels before 6.3 do not know it, and need it as little. */
const executable = 0x10
const addSeals = 1033
/** Neither its seals nor its size nor its bytes change any more. */
const allSeals = 0x1 | 0x2 | 0x4 | 0x8

/** A file in memory, by the path other processes find it at. */
function sealedFile(bytes: Uint8Array): HelperPath {
  const calls = openLibc(bind)
  if (!calls) return { reason: 'there is no C library that codi can call' }
  const name = new TextEncoder().encode('codi-sandbox\0')
  let fd = calls.memfd_create(ptr(name), closeOnExec | allowSealing | executable)
  if (fd < 0) fd = calls.memfd_create(ptr(name), closeOnExec | allowSealing)
  if (fd < 0) return { reason: `no file in memory: ${calls.error()}` }
  try {
    writeFileSync(fd, bytes)
  } catch (thrown) {
    return { reason: `no file in memory: ${errorMessage(thrown)}` }
  }
  if (calls.fcntl(fd, addSeals, allSeals) < 0) {
    return { reason: `the file in memory cannot be sealed: ${calls.error()}` }
  }
  // The descriptor stays open for the life of this process: the path is gone with it.
  return `/proc/${process.pid}/fd/${fd}`
}

function bind(library: string) {
  const { int, u32, ptr: pointer } = FFIType
  const { symbols } = dlopen(library, {
    memfd_create: { args: [pointer, u32], returns: int },
    fcntl: { args: [int, int, int], returns: int },
    __errno_location: { args: [], returns: pointer },
    strerror: { args: [int], returns: pointer },
  })
  return {
    ...symbols,
    error(): string {
      const place = symbols.__errno_location()
      if (place === null) return 'unknown error'
      const text = symbols.strerror(read.i32(place, 0))
      return text === null ? 'unknown error' : new CString(text).toString()
    },
  }
}

/** A copy on disk. Whoever could change it between two commands would be found out; commands cannot write there. */
function cachedCopy(bytes: Uint8Array, reason: string): () => HelperPath {
  const directory = join(cacheDirectory(), 'helper', sha256(bytes))
  const path = join(directory, 'codi-sandbox')
  return () => {
    try {
      if (!isSame(path, bytes)) write(directory, path, bytes)
      const refusal = isSame(path, bytes)
        ? whyNotExecutable(path)
        : `${path} does not stay as it is`
      return refusal === undefined ? path : { reason: `${reason}; ${refusal}` }
    } catch (thrown) {
      return { reason: `${reason}; ${errorMessage(thrown)}` }
    }
  }
}

function write(directory: string, path: string, bytes: Uint8Array): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const fresh = `${path}.${process.pid}`
  try {
    writeFileSync(fresh, bytes, { mode: 0o500 })
    chmodSync(fresh, 0o500)
    renameSync(fresh, path)
  } finally {
    rmSync(fresh, { force: true })
  }
}

function isSame(path: string, bytes: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(bytes)
  } catch {
    return false
  }
}

function sha256(bytes: Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
}

/** As src/config/paths.ts has it, which workers do not import. */
function cacheDirectory(): string {
  const { CODI_HOME, XDG_CACHE_HOME, HOME } = process.env
  if (CODI_HOME) return join(CODI_HOME, 'cache')
  const base = XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(HOME || homedir(), '.cache')
  return join(base, 'codi')
}
