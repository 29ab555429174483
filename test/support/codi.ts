/**
 * Runs the built executable in a directory of its own with an empty home: files, arguments, stdin and scripted answers
 * in, what a shell would see out.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { JsonObject } from '../../src/base/json.ts'
import { removeTree } from '../../src/base/remove-tree.ts'
import { openPty, type Pty } from './pty.ts'

export const binary = join(import.meta.dir, '../../dist/codi')

/** A response of the mock provider's script. */
export type MockResponse = JsonObject

export interface Bench extends AsyncDisposable {
  /** The working directory. */
  root: string
  /** CODI_HOME. */
  home: string
  write(name: string, content: string | Uint8Array): void
  text(name: string): string
  exists(name: string): boolean
  run(argv: string[], options?: RunOptions): Promise<Ran>
  start(argv: string[], options?: RunOptions): Started
  git(...argv: string[]): string
  /** The same in a real terminal. */
  terminal(argv: string[], options?: RunOptions): Pty
  /** A shell line in which `codi` is the executable. */
  shell(line: string, options?: RunOptions): Promise<Ran>
  /** What the mock provider was asked, one object a request. */
  requests(): JsonObject[]
}

export interface RunOptions {
  stdin?: string | Uint8Array
  env?: Record<string, string>
  /** Answers of the mock provider, which is then the one in use. */
  mock?: MockResponse[]
  mockConfig?: JsonObject
}

export interface Ran {
  stdout: string
  stderr: string
  exitCode: number
}

export interface Started {
  child: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  /** Resolves with all of stdout so far, as soon as it holds `text`; rejects when it ends without. */
  seen(text: string): Promise<string>
  ended: Promise<Ran>
}

export function openBench(files: Record<string, string | Uint8Array> = {}): Bench {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-e2e-')))
  const root = join(directory, 'work')
  const home = join(directory, 'home')
  const mockLog = join(directory, 'mock.jsonl')
  mkdirSync(root)
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  for (const [name, content] of Object.entries(files)) write(name, content)

  const start = (argv: string[], options?: RunOptions) => launch([binary, ...argv], options)

  function environment(options: RunOptions): Record<string, string> {
    const mock: Record<string, string> = {}
    if (options.mock) {
      const script = join(directory, `mock-${crypto.randomUUID()}.json`)
      writeFileSync(
        script,
        JSON.stringify({ responses: options.mock, config: options.mockConfig ?? {} }),
      )
      Object.assign(mock, { CODI_MOCK_FILE: script, CODI_MOCK_LOG: mockLog, CODI_PROVIDER: 'mock' })
    }
    return {
      PATH: process.env.PATH ?? '',
      HOME: home,
      CODI_HOME: home,
      GIT_CONFIG_GLOBAL: '/dev/null',
      LANG: 'C.UTF-8',
      ...mock,
      ...options.env,
    }
  }

  function launch(argv: string[], options: RunOptions = {}): Started {
    const child = Bun.spawn(argv, {
      cwd: root,
      env: environment(options),
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    if (options.stdin !== undefined) child.stdin.write(options.stdin)
    let stdout = ''
    let closed = false
    let wake = Promise.withResolvers<void>()
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of child.stdout) {
        stdout += decoder.decode(chunk, { stream: true })
        wake.resolve()
        wake = Promise.withResolvers<void>()
      }
      closed = true
      wake.resolve()
    })()
    const ended = (async (): Promise<Ran> => {
      const [stderr, exitCode] = await Promise.all([
        new Response(child.stderr).text(),
        child.exited,
        reading,
      ])
      return { stdout, stderr, exitCode }
    })()
    async function seen(text: string): Promise<string> {
      while (!stdout.includes(text)) {
        if (closed) throw new Error(`stdout ended without ${text}: ${stdout}`)
        await wake.promise
      }
      return stdout
    }
    return { child, seen, ended }
  }

  return {
    root,
    home,
    write,
    text: (name) => readFileSync(join(root, name), 'utf8'),
    exists: (name) => existsSync(join(root, name)),
    start,
    async run(argv, options) {
      const { child, ended } = start(argv, options)
      await child.stdin.end()
      return ended
    },
    terminal: (argv, options = {}) =>
      openPty({ argv: [binary, ...argv], cwd: root, env: environment(options) }),
    async shell(line, options) {
      const codi = `codi() { '${binary}' "$@"; }`
      const { child, ended } = launch(['bash', '-c', `${codi}; ${line}`], options)
      await child.stdin.end()
      return ended
    },
    git(...argv) {
      const identity = [
        '-c',
        'user.name=t',
        '-c',
        'user.email=t@example.org',
        '-c',
        'init.defaultBranch=main',
      ]
      const ran = Bun.spawnSync(['git', ...identity, ...argv], { cwd: root })
      if (ran.exitCode !== 0) throw new Error(ran.stderr.toString())
      return ran.stdout.toString()
    },
    requests() {
      if (!existsSync(mockLog)) return []
      return readFileSync(mockLog, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as JsonObject)
    },
    async [Symbol.asyncDispose]() {
      removeTree(directory)
    },
  }
}

export function call(name: string, input: JsonObject): MockResponse {
  return { content: '', toolCalls: [{ id: `${name}-1`, name, input }] }
}
