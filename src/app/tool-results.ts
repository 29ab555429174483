/**
 * Whole outputs behind single tool calls (`codi tool`): the newest stay, so that `codi tool recall_result` can page
 * them; where nothing can be kept they live as long as the call.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResultStore } from '../contract/tool.ts'
import { openResultStore } from '../tools/result-store.ts'
import { isWritable } from './writable.ts'

const maxKept = 50

export interface ToolResults {
  store: ResultStore
  close(): void
}

export function openToolResults(directory: string): ToolResults {
  if (!isWritable(directory)) {
    const temporary = mkdtempSync(join(tmpdir(), 'codi-results-'))
    return {
      store: openResultStore(temporary),
      close: () => rmSync(temporary, { recursive: true, force: true }),
    }
  }
  const store = openResultStore(directory)
  return {
    store,
    close() {
      for (const { id } of store.list().slice(0, -maxKept)) {
        const path = store.path(id)
        if (path !== undefined) rmSync(path, { force: true })
      }
    },
  }
}
