/** One candidate of an update: read, recognised by its hash, judged, parsed; what follows from it goes into the batch. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../../src/base/errors.ts'
import { isTestPath, maxFileBytes, readableText } from './exclude.ts'
import { type Language, languageOf } from './extraction/languages.ts'
import type { LoadedLanguage } from './extraction/parse.ts'
import type { ListedFile } from './list.ts'
import { unparsed } from './plan.ts'
import { type Batch, contentHash, type StoredFile } from './store.ts'

/** A file written this recently may change again within the same time stamp: its time is not trusted. */
const youngMs = 50

export interface FileContext {
  root: string
  languages: ReadonlyMap<string, LoadedLanguage>
  /** Files that are no longer where they were, by hash: one of them may have moved here. Taken out when it did. */
  vanished: Map<string, StoredFile[]>
}

/** Answers the language whose grammar must be loaded first; nothing is done then. */
export function indexFile(
  { root, languages, vanished }: FileContext,
  { file, stored }: { file: ListedFile; stored: StoredFile | undefined },
  batch: Batch,
): Language | undefined {
  const { path } = file
  const mtime = Date.now() - Number(file.mtime) < youngMs ? '' : file.mtime
  const leaveOut = (reason: string): undefined => {
    batch.skip.push({ path, reason, size: file.size, mtime })
    if (stored) batch.remove.push(stored)
  }
  let bytes: Uint8Array
  try {
    bytes = readFileSync(join(root, path))
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') return leaveOut('unreadable')
    if (stored) batch.remove.push(stored)
    return
  }
  if (bytes.length > maxFileBytes) return leaveOut('larger than 1 MB')
  const hash = contentHash(bytes)
  if (stored && stored.hash === hash) {
    batch.touch.push({ id: stored.id, size: bytes.length, mtime })
    return
  }
  const moved = stored ? undefined : takeMoved(vanished, hash, path)
  if (moved) {
    batch.unskip.push(path)
    batch.move.push({ id: moved.id, from: moved.path, path, size: bytes.length, mtime })
    return
  }
  const content = readableText(bytes)
  if ('reason' in content) return leaveOut(content.reason)
  const { text } = content
  const language = languageOf(path, text.startsWith('#!') ? text.slice(0, text.indexOf('\n')) : '')
  const loaded = language && languages.get(language.id)
  if (language && !loaded) return language
  const extraction = loaded?.parse(text)
  if (loaded && !extraction) batch.skip.push({ path, reason: unparsed, size: -1, mtime: '' })
  else batch.unskip.push(path)
  batch.write.push({
    path,
    hash,
    size: bytes.length,
    mtime,
    language: extraction && language ? language.id : '',
    lines: countLines(text),
    test: isTestPath(path),
    extraction,
  })
}

/** A file of this content whose path said the same about it: another extension, or a test, is parsed anew. */
function takeMoved(
  vanished: Map<string, StoredFile[]>,
  hash: string,
  path: string,
): StoredFile | undefined {
  const files = vanished.get(hash)
  const at = files?.findIndex(
    (file) =>
      extensionOf(file.path) === extensionOf(path) && isTestPath(file.path) === isTestPath(path),
  )
  return at === undefined || at < 0 ? undefined : files?.splice(at, 1)[0]
}

/** With the whole name where there is none: `Makefile` and `Dockerfile` are languages of their own. */
function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name.includes('.', 1) ? name.slice(name.lastIndexOf('.')) : name
}

function countLines(text: string): number {
  if (text === '') return 0
  let lines = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
