/** A project in a temporary directory with programs of its own, and the lsp worker on it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { connectWorker } from '../../../src/rpc/connect.ts'

const modules = join(import.meta.dir, '../../../node_modules')
const fixtures = join(import.meta.dir, '../../fixtures/lsp')

export function createProject(files: Record<string, string | Uint8Array>) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-lsp-')))
  const connection = connectWorker('lsp', { root }, { onEvent: () => {} })
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  for (const [name, content] of Object.entries(files)) write(name, content)
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true })
  return {
    root,
    connection,
    write,
    /** A real server of this repository. */
    install(program: string) {
      symlinkSync(join(modules, '.bin', program), join(root, 'node_modules/.bin', program))
    },
    link(from: string, to: string) {
      symlinkSync(join(modules, from), join(root, 'node_modules', to))
    },
    /** The scripted server, under the name of a real one. */
    script(program: string, mode: string, fixture = 'scripted-server.ts') {
      const path = join(root, 'node_modules/.bin', program)
      const server = join(fixtures, fixture)
      writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${server}" ${mode}\n`)
      chmodSync(path, 0o755)
    },
    ask: (paths: string[], waitMs = 40_000, signal?: AbortSignal) =>
      connection.service.diagnostics({ paths, waitMs }, signal),
    /** Pids of the scripted servers that were started, and what they wrote at their end. */
    started() {
      const log = join(root, 'started.txt')
      return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
    },
    async close() {
      await connection.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

export type Project = ReturnType<typeof createProject>
