/** Sessions of other programs into the store: files that are named, or all that a program keeps. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CodiError, errorMessage } from '../base/errors.ts'
import type { ImportRequest } from '../contract/session-access.ts'
import type { ImportFailure, ImportOutcome } from '../contract/session-transfer.ts'
import type { SessionStore } from '../sessions/store.ts'
import { type ImportTarget, importFile } from '../sessions/transfer/import-file.ts'
import { type Mask, maskedEntry } from '../sessions/transfer/masked-entry.ts'
import { glance, type Places, sessionFiles } from '../sessions/transfer/sources.ts'

export interface ImportParts extends Places {
  store(): SessionStore
  cwd: string
  mask: Mask
}

export async function* importSessions(
  request: ImportRequest,
  parts: ImportParts,
): AsyncGenerator<ImportOutcome | ImportFailure> {
  const { signal, preview = false } = request
  const target = storeTarget(parts)
  for await (const path of filesOf(request, parts)) {
    signal.throwIfAborted()
    try {
      yield await importFile(path, { target, preview, signal, cwd: parts.cwd })
    } catch (thrown) {
      // One bad file must not keep the others out.
      if (thrown instanceof CodiError && thrown.kind === 'cancelled') throw thrown
      yield { path, message: errorMessage(thrown) }
    }
  }
}

async function* filesOf(request: ImportRequest, parts: ImportParts): AsyncGenerator<string> {
  for (const path of request.paths) yield* filesAt(path)
  if (!request.from) return
  for (const path of sessionFiles(request.from, parts)) {
    if (request.everywhere) yield path
    else if ((await cwdOf(path)) === parts.cwd) yield path
  }
}

/** Of a directory the files that may be sessions, as they are named. */
function* filesAt(path: string): Generator<string> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    yield path
    return
  }
  const names = readdirSync(path).filter((name) => /\.jsonl?(?:\.zst)?$/.test(name))
  if (names.length === 0)
    throw new CodiError('usage', `${path} holds no .json or .jsonl files to import`)
  for (const name of names.sort()) yield join(path, name)
}

async function cwdOf(path: string): Promise<string | undefined> {
  try {
    const { cwd, isSubAgent } = await glance(path)
    return isSubAgent ? undefined : cwd
  } catch {
    // Gone meanwhile, or closed to us.
    return undefined
  }
}

function storeTarget({ store, mask }: ImportParts): ImportTarget {
  return {
    importedAs(program, sourceId) {
      const known = store().importedAs(program, sourceId)
      if (known !== undefined || program !== 'codi') return known
      return store()
        .list({ archived: 'with' })
        .find((row) => row.id === sourceId)?.id
    },
    importer(about) {
      const session = store().import(about)
      return {
        add: (entry) => session.add(maskedEntry(entry, mask)),
        end: () => session.end(),
        cancel: () => session.cancel(),
      }
    },
  }
}
