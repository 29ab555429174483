/** A project in a temporary directory with its own index, ended and removed after the test file. */
import { afterAll } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { rgPath } from '@vscode/ripgrep'
import type { WorkerEvent } from '../../../src/contract/services.ts'
import { createIndexService } from '../../../workers/indexer/service.ts'

export const fixtures = join(import.meta.dir, '../../fixtures/code')
export const ripgrep = rgPath

export interface Project {
  root: string
  database: string
  events: WorkerEvent[]
  index: ReturnType<typeof createIndexService>
  write(path: string, content: string | Uint8Array): void
  remove(path: string): void
  /** A second service over the same root and database, as another process would have. */
  another(options?: { ripgrep: string }): ReturnType<typeof createIndexService>
  /** The next event of `index` that passes the test. */
  nextEvent(test: (event: WorkerEvent) => boolean): Promise<WorkerEvent>
}

const made: Project[] = []

afterAll(() => {
  for (const project of made.splice(0)) {
    project.index.close()
    rmSync(project.root, { recursive: true, force: true })
    rmSync(dirname(project.database), { recursive: true, force: true })
  }
})

export function makeProject(files: Record<string, string> | { from: string }): Project {
  const root = mkdtempSync(join(tmpdir(), 'codi-project-'))
  const database = join(mkdtempSync(join(tmpdir(), 'codi-index-')), 'index.db')
  const events: WorkerEvent[] = []
  const waiting = new Set<(event: WorkerEvent) => void>()
  const open = (own?: { ripgrep: string }) =>
    createIndexService({ root, database, ripgrep, ...own }, (event) => {
      events.push(event)
      for (const hear of waiting) hear(event)
    })
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  if (typeof files.from === 'string') cpSync(files.from, root, { recursive: true })
  else for (const [path, content] of Object.entries(files)) write(path, content)
  const project: Project = {
    root,
    database,
    events,
    index: open(),
    write,
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    another: open,
    nextEvent(test) {
      const { promise, resolve } = Promise.withResolvers<WorkerEvent>()
      const hear = (event: WorkerEvent) => {
        if (!test(event)) return
        waiting.delete(hear)
        resolve(event)
      }
      waiting.add(hear)
      return promise
    },
  }
  made.push(project)
  return project
}
