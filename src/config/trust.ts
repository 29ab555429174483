/**
 * Trust in a directory, by what it holds: allow rules, hooks, servers, commands and the like that come with a repository
 * count only after the person has seen them, and only as long as not a byte of them changes. Kept in `trust.json` of the
 * data directory, by the real path of the project: another copy, another place, another nested project asks anew.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomic } from '../base/atomic-write.ts'
import { CodiError, errorCode, errorMessage } from '../base/errors.ts'
import { withFileLock } from '../base/file-lock.ts'
import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts'
import { realPath } from '../base/paths.ts'
import { readSmallFile } from '../base/small-file.ts'
import type { TrustedContent, TrustKind, TrustReview, TrustState } from '../contract/trust.ts'
import { readTrustFiles, trustKinds } from './trust-files.ts'

export interface TrustOptions {
  dataDirectory: string
  /** As `projectDirectory` of load.ts finds it. */
  project: string
}

type Hashes = Partial<Record<TrustKind, string>>

/** By project. */
type Trusted = Record<string, { at: string; hashes: Hashes; declined: Hashes }>

const maxStoreBytes = 4 * 1024 * 1024

/** Reads what is there now. Never throws: what cannot be read is not trusted. */
export function trustOf(options: TrustOptions & { kind: TrustKind }): TrustedContent {
  const project = realPath(options.project) ?? options.project
  return contentOf(project, options.kind, readStoreQuietly(options.dataDirectory)[project])
}

export function reviewTrust(options: TrustOptions): TrustReview {
  const project = realPath(options.project) ?? options.project
  const entry = readStoreQuietly(options.dataDirectory)[project]
  const contents = trustKinds.map((kind) => contentOf(project, kind, entry))
  return { project, contents: contents.filter(({ state }) => state !== 'none') }
}

/** Trusts what the review showed, not what stands there by now: a file that changed meanwhile stays untrusted. */
export async function trust(review: TrustReview, dataDirectory: string): Promise<void> {
  const refused = review.contents.find((content) => content.refused !== undefined)
  if (refused)
    throw new CodiError('invalid', `${review.project} cannot be trusted: ${refused.refused}`)
  await changeStore(dataDirectory, (trusted) => {
    trusted[review.project] = { at: now(), hashes: hashesOf(review), declined: {} }
  })
}

/** What the review showed is not asked about again. */
export async function decline(review: TrustReview, dataDirectory: string): Promise<void> {
  await changeStore(dataDirectory, (trusted) => {
    const hashes = trusted[review.project]?.hashes ?? {}
    trusted[review.project] = { at: now(), hashes, declined: hashesOf(review) }
  })
}

/** Trusts one kind alone, where its one file holds exactly this text: codi has written it as the person said. */
export async function trustWritten(
  options: TrustOptions & { kind: TrustKind },
  text: string,
): Promise<void> {
  const project = realPath(options.project) ?? options.project
  const { kind, files, hash } = contentOf(project, options.kind, undefined)
  if (files.length !== 1 || files[0]?.text !== text) return
  await changeStore(options.dataDirectory, (trusted) => {
    const entry = trusted[project] ?? { at: now(), hashes: {}, declined: {} }
    trusted[project] = { ...entry, hashes: { ...entry.hashes, [kind]: hash } }
  })
}

function now(): string {
  return new Date().toISOString()
}

function hashesOf({ contents }: TrustReview): Hashes {
  return Object.fromEntries(contents.map(({ kind, hash }) => [kind, hash]))
}

/** False where it was not trusted. */
export async function removeTrust(options: TrustOptions): Promise<boolean> {
  // A project that is gone is still named by its path.
  const names = [realPath(options.project) ?? options.project, options.project]
  let removed = false
  await changeStore(options.dataDirectory, (trusted) => {
    for (const name of names) {
      removed ||= Object.hasOwn(trusted, name)
      delete trusted[name]
    }
  })
  return removed
}

/** Every trusted project, with how it stands now. */
export function listTrust(
  dataDirectory: string,
): { project: string; at: string; state: TrustState }[] {
  return Object.entries(readStore(dataDirectory)).flatMap(([project, entry]) => {
    const { at, hashes } = entry
    if (Object.keys(hashes).length === 0) return []
    const states = (Object.keys(hashes) as TrustKind[]).map(
      (kind) => contentOf(project, kind, entry).state,
    )
    const state = states.find((one) => one === 'changed') ?? states.find((one) => one !== 'none')
    return [{ project, at, state: state ?? 'none' }]
  })
}

function contentOf(
  project: string,
  kind: TrustKind,
  entry: Trusted[string] | undefined,
): TrustedContent {
  const { files, tells, refused } = readTrustFiles(project, kind)
  const hash = hashOf(kind, files)
  const known = entry?.hashes[kind]
  const state = (): TrustState => {
    if (refused !== undefined) return 'untrusted'
    if (tells.length === 0) return 'none'
    if (known === undefined) return 'untrusted'
    return known === hash ? 'trusted' : 'changed'
  }
  return {
    kind,
    state: state(),
    files: files.map(({ path, text }) => ({ path, text })),
    hash,
    tells,
    ...(entry?.declined[kind] === hash ? { declined: true as const } : {}),
    ...(refused === undefined ? {} : { refused }),
  }
}

/** Lengths stand before what they measure, so that no two sets of files look alike. */
function hashOf(kind: TrustKind, files: readonly { name: string; bytes: Uint8Array }[]): string {
  const hash = new Bun.CryptoHasher('sha256').update(`${kind}\n`)
  for (const { name, bytes } of files)
    hash.update(`${Buffer.byteLength(name)} ${name} ${bytes.length}\n`).update(bytes)
  return hash.digest('hex')
}

function storePath(dataDirectory: string): string {
  return join(dataDirectory, 'trust.json')
}

/** Throws where the file is there and makes no sense: to replace it would forget what it held. */
function readStore(dataDirectory: string): Trusted {
  const path = storePath(dataDirectory)
  let text: string
  try {
    text = readSmallFile(path, maxStoreBytes)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return {}
    throw new CodiError('io', `Cannot read ${path}: ${errorMessage(thrown)}`, { cause: thrown })
  }
  const value = parseJson(text)
  if (!isJsonObject(value) || !isJsonObject(value.projects))
    throw new CodiError('invalid', `${path} is damaged; move it away, and trust anew what you need`)
  const entries = Object.entries(value.projects).flatMap(([project, entry]) => {
    if (!isJsonObject(entry) || !isJsonObject(entry.hashes)) return []
    const { at, hashes, declined } = entry
    const read = {
      at: String(at ?? ''),
      hashes: readHashes(hashes),
      declined: readHashes(declined),
    }
    return [[project, read] as const]
  })
  return Object.fromEntries(entries)
}

function readHashes(value: JsonValue | undefined): Hashes {
  if (!isJsonObject(value)) return {}
  return Object.fromEntries(
    trustKinds.flatMap((kind) => {
      const hash = value[kind]
      return typeof hash === 'string' ? [[kind, hash]] : []
    }),
  )
}

function readStoreQuietly(dataDirectory: string): Trusted {
  try {
    return readStore(dataDirectory)
  } catch {
    // Nothing is trusted then; `codi trust` says why.
    return {}
  }
}

async function changeStore(
  dataDirectory: string,
  change: (trusted: Trusted) => void,
): Promise<void> {
  const path = storePath(dataDirectory)
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  await withFileLock(`${path}.lock`, async () => {
    const trusted = readStore(dataDirectory)
    change(trusted)
    const text = `${JSON.stringify({ version: 1, projects: trusted }, undefined, 2)}\n`
    await writeAtomic(path, new TextEncoder().encode(text), { mode: 0o600 })
  })
}
