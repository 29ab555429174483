/** codi's REPL as a person starts it, in a directory of its own with a scripted model; everything gone afterwards. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { removeTree } from '../../src/base/remove-tree.ts'
import { openPty, type Pty } from '../support/pty.ts'

export interface Scripted {
  content?: string
  toolCalls?: { id: string; name: string; input: Record<string, unknown> }[]
  usage?: { inputTokens: number; outputTokens: number }
}

export interface ReplBench {
  readonly directory: string
  readonly home: string
  readonly argv: string[]
  readonly env: Record<string, string | undefined>
  open(options?: {
    args?: string[]
    env?: Record<string, string>
    columns?: number
    rows?: number
  }): Pty
  /** The REPL fed by a pipe. */
  feed(
    input: string,
    options?: { args?: string[] },
  ): Promise<{ stdout: string; stderr: string; exitCode: number }>
  close(): Promise<void>
}

const root = join(import.meta.dir, '..', '..')

export function openReplBench(options: {
  responses?: Scripted[]
  config?: { streamDelay?: number; streamChunkSize?: number }
  files?: Record<string, string | Uint8Array>
}): ReplBench {
  const base = mkdtempSync(join(tmpdir(), 'codi-repl-'))
  const directory = join(base, 'work')
  const home = join(base, 'home')
  mkdirSync(directory)
  for (const [name, content] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), content)
  }
  const script = join(base, 'mock.json')
  const { responses = [], config = {} } = options
  writeFileSync(
    script,
    JSON.stringify({ responses, defaultResponse: { content: 'default answer' }, config }),
  )
  const env: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: home,
    CODI_HOME: home,
    CODI_MOCK_FILE: script,
    CODI_MOCK_LOG: join(base, 'mock.log'),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
  }
  const argv = [process.execPath, join(root, 'src/main.ts'), '-p', 'mock']
  const open: Pty[] = []
  return {
    directory,
    home,
    argv,
    env,
    open({ args = [], env: more = {}, ...size } = {}) {
      const pty = openPty({
        argv: [...argv, ...args],
        cwd: directory,
        env: { ...env, ...more },
        ...size,
      })
      open.push(pty)
      return pty
    },
    async feed(input, { args = [] } = {}) {
      const child = Bun.spawn([...argv, '-i', ...args], {
        cwd: directory,
        env,
        stdin: Buffer.from(input),
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const [stdout, stderr, exitCode] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      return { stdout, stderr, exitCode }
    },
    async close() {
      await Promise.all(open.map((pty) => pty.close()))
      removeTree(base)
    },
  }
}
