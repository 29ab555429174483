/** What servers say about many files: each file's own verdict, and what was said about it before. */
import { resolve } from 'node:path'
import { mapLimit } from '../../src/base/async.ts'
import type { Diagnostic, FileDiagnostics } from '../../src/contract/lsp-service.ts'
import { fromLsp } from './convert.ts'
import { diagnose } from './diagnose.ts'
import { type FindOptions, findServer } from './find.ts'
import { createLookups } from './lookups.ts'
import { missingNote, type Questions, reasonOf, stillStarting } from './question.ts'
import { readSource } from './source.ts'
import { diagnoseWorkspace } from './workspace-diagnostics.ts'

export type Only = 'ready' | 'unknown' | undefined

export interface Diagnoser {
  ask(
    paths: readonly string[],
    options: { only: Only; signal: AbortSignal },
  ): Promise<FileDiagnostics[]>
}

interface Asked {
  only: Only
  signal: AbortSignal
  find: FindOptions
  atOnce: Map<string, Diagnostic[]>
}

/** Fewer than may be open at once, so that none is closed while it is asked about. */
const maxAtOnce = 32
const maxKnown = 2000

export function createDiagnoser(questions: Questions): Diagnoser {
  const { root, pool } = questions
  const known = new Map<string, Diagnostic[]>()

  function remember(path: string, items: Diagnostic[]): void {
    known.delete(path)
    known.set(path, items)
    for (const [oldest] of known) {
      if (known.size <= maxKnown) break
      known.delete(oldest)
    }
  }

  async function verdict(
    path: string,
    { only, signal, find, atOnce }: Asked,
  ): Promise<Omit<FileDiagnostics, 'path'>> {
    const found = findServer(path, find)
    if (found.state === 'none') return { server: '', state: 'none', items: [] }
    if (found.state === 'missing') {
      pool.missing(found)
      return { server: found.row.id, state: 'missing', note: missingNote(found), items: [] }
    }
    const server = found.row.id
    const said = atOnce.get(path)
    if (said) return { server, state: 'fresh', items: said }
    try {
      await readSource(path)
      const diagnosis = await pool.use(
        found,
        (client) => diagnose(client, { path, languageId: found.languageId }, signal),
        { signal, onlyReady: only !== undefined },
      )
      if (!diagnosis) return { server, state: 'timeout', note: stillStarting, items: [] }
      const items = diagnosis.items.map(fromLsp)
      if (diagnosis.complete) return { server, state: 'fresh', items }
      const note = 'what it said before is shown, where it said anything'
      return { server, state: 'timeout', note, items }
    } catch (thrown) {
      return { server, state: 'failed', note: reasonOf(thrown), items: [] }
    }
  }

  return {
    async ask(paths, { only, signal }) {
      const find = { ...questions.find, look: createLookups() }
      const absolute = paths.map((path) => resolve(root, path))
      const wanted = paths
        .map((path, at) => ({ path, absolute: absolute[at] ?? '' }))
        .filter((file) => only !== 'unknown' || !known.has(file.absolute))
      const atOnce =
        only === undefined
          ? await diagnoseWorkspace(
              { ...questions, find },
              wanted.map((file) => file.absolute),
              signal,
            )
          : new Map<string, Diagnostic[]>()
      return mapLimit(wanted, maxAtOnce, async (file) => {
        const answer = await verdict(file.absolute, { only, signal, find, atOnce })
        const before = known.get(file.absolute)
        if (answer.state === 'fresh') remember(file.absolute, answer.items)
        return { path: file.path, ...answer, ...(before ? { before } : {}) }
      })
    },
  }
}
