/**
 * The indexer as a service over one root: opens its database on the first call, runs updates that may overlap and
 * answers queries between their slices. Damage found in the middle of a call costs one rebuild, not the call.
 */
import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { cancelled } from '../../src/base/async.ts'
import { CodiError, errorCode } from '../../src/base/errors.ts'
import type { IndexReport, IndexService } from '../../src/contract/index-service.ts'
import type { WorkerEvent, WorkerOptions } from '../../src/contract/services.ts'
import type { SymbolRow } from '../../src/contract/symbol.ts'
import { indexDatabase } from './database.ts'
import { maxFileBytes } from './exclude.ts'
import { languageOf, languages } from './extraction/languages.ts'
import { createCodeParser } from './extraction/parse.ts'
import { graphAnswers } from './graph/answers.ts'
import { readStatus } from './queries.ts'
import { contentHash, type IndexStore } from './store.ts'
import { storedOutline } from './symbols.ts'
import { openUpkeep } from './upkeep.ts'

export function createIndexService(
  options: WorkerOptions['indexer'],
  emit: (event: WorkerEvent) => void,
): IndexService & { close(): void } {
  const root = resolve(options.root)
  const parser = createCodeParser()
  const notice = (text: string) => emit({ type: 'notice', level: 'warning', text })
  const database = indexDatabase(options.database, notice)
  const { ripgrep, follow = false } = options
  const upkeep = openUpkeep({
    root,
    ripgrep,
    follow,
    path: options.database,
    database,
    parser,
    emit,
  })

  function read<T>(ask: (store: IndexStore) => T, signal?: AbortSignal): T {
    if (signal?.aborted) throw cancelled()
    return database.read(ask)
  }

  return {
    async update(request, signal): Promise<IndexReport> {
      const start = performance.now()
      if (signal?.aborted) throw cancelled()
      const paths = request.paths?.map((path) => projectPath(root, path))
      const counts = await upkeep.update({ paths, rebuild: request.rebuild }, signal)
      return {
        ...read((index) => index.totals()),
        parsed: counts?.parsed ?? 0,
        removed: counts?.removed ?? 0,
        renamed: counts?.renamed ?? 0,
        durationMs: Math.round(performance.now() - start),
      }
    },
    async watch(_, signal) {
      await upkeep.watch(signal)
    },
    ...graphAnswers({ root, read, projectPath: (path) => projectPath(root, path) }),
    async outline({ path }, signal): Promise<SymbolRow[]> {
      if (signal?.aborted) throw cancelled()
      const absolute = resolve(root, path)
      const bytes = readSource(absolute, path)
      const text = new TextDecoder().decode(bytes)
      const firstLine = text.startsWith('#!') ? text.slice(0, text.indexOf('\n')) : ''
      const language = languageOf(absolute, firstLine)
      if (!language) {
        const known = languages.map((row) => row.id).join(', ')
        throw new CodiError('unsupported', `No outline for ${path}: codi parses ${known}`)
      }
      const inside = relative(root, absolute)
      const isOutside = inside.startsWith('..') || isAbsolute(inside)
      // A grammar takes half a second to get ready: what the index knows of these very bytes is answered at once.
      const stored = isOutside
        ? undefined
        : read((index) => storedOutline(index, projectPath(root, path), contentHash(bytes)))
      if (stored) return stored
      const extraction = (await parser.load(language)).parse(text)
      if (!extraction) throw new CodiError('unsupported', `${path} could not be parsed in time`)
      const shown = isOutside ? absolute : inside
      return extraction.definitions.map(({ test: _, ...row }) => ({ path: shown, ...row }))
    },
    async status(signal) {
      const status = read((index) => readStatus(index, root), signal)
      const writer = database.writer()
      return {
        ...status,
        databaseBytes: database.bytes(),
        ...upkeep.state(),
        ...(writer === undefined ? {} : { writer }),
      }
    },
    close() {
      upkeep.close()
      database.close()
    },
  }
}

/** A path of a request, relative to the root with `/`. */
function projectPath(root: string, path: string): string {
  const inside = relative(root, resolve(root, path))
  if (inside === '..' || inside.startsWith('../') || isAbsolute(inside))
    throw new CodiError('outside', `${path} is outside ${root}`)
  return process.platform === 'win32' ? inside.replaceAll('\\', '/') : inside
}

function readSource(absolute: string, path: string): Uint8Array {
  const tooLarge = `${path} is larger than 1 MB: too large for an outline`
  let bytes: Uint8Array
  try {
    const stat = statSync(absolute)
    if (stat.isFile() && stat.size > maxFileBytes) throw new CodiError('unsupported', tooLarge)
    // To open a pipe is to wait for its other end.
    if (!stat.isFile() && !stat.isDirectory())
      throw new CodiError('unsupported', `${path} is a device, pipe or socket, not a regular file`)
    bytes = readFileSync(absolute)
  } catch (thrown) {
    const code = errorCode(thrown)
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new CodiError('not_found', `There is no file ${path}`)
    if (code === 'EISDIR') throw new CodiError('unsupported', `${path} is a directory`)
    throw thrown
  }
  if (bytes.length > maxFileBytes) throw new CodiError('unsupported', tooLarge)
  if (bytes.subarray(0, 8192).includes(0))
    throw new CodiError('unsupported', `${path} is a binary file`)
  return bytes
}
