/**
 * A ToolContext with a real workspace, ledger and result store in a temporary directory, for tests that call a tool
 * directly. Services that a test does not bring are refused by name when they are used.
 */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CodiError } from '../../src/base/errors.ts'
import type { AnyTool, ToolContext, ToolResult, ToolServices } from '../../src/contract/tool.ts'
import { createLedger } from '../../src/tools/files/file-ledger.ts'
import { openResultStore } from '../../src/tools/result-store.ts'
import { openWorkspace } from '../../src/tools/workspace.ts'

export interface ToolBench extends AsyncDisposable {
  /** Everything of this bench lies below; the workspace is `root`. */
  readonly directory: string
  readonly root: string
  readonly context: ToolContext
  /** What the tool sent to `context.output`, in order. */
  readonly outputs: string[]
  /** Absolute path below root. */
  path(name: string): string
  /** Writes a file below root, with its parents. */
  write(name: string, content: string | Uint8Array): Promise<string>
  /** Bytes as text, exactly as they lie on disk. */
  text(name: string): Promise<string>
  bytes(name: string): Promise<Uint8Array>
  exists(name: string): Promise<boolean>
  /** Runs a tool with this context. */
  run(tool: AnyTool, input: unknown, over?: Partial<ToolContext>): Promise<ToolResult>
  /** Text of the result's content. */
  say(tool: AnyTool, input: unknown): Promise<string>
}

export interface ToolBenchOptions {
  files?: Record<string, string | Uint8Array>
  services?: { [S in Exclude<keyof ToolServices, 'ripgrep'>]?: Partial<ToolServices[S]> } & Partial<
    Pick<ToolServices, 'ripgrep'>
  >
  context?: Partial<Omit<ToolContext, 'services' | 'workspace'>>
  /** Names of directories beside the root, to be added to the workspace. */
  added?: string[]
}

/** `await using bench = await openToolBench({ files: { 'a.ts': '…' } })`: removed when the test ends. */
export async function openToolBench(options: ToolBenchOptions = {}): Promise<ToolBench> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'codi-tools-')))
  const root = join(directory, 'work')
  await mkdir(root)
  const added = (options.added ?? []).map((name) => join(directory, name))
  await Promise.all(added.map((path) => mkdir(path, { recursive: true })))

  const outputs: string[] = []
  const context: ToolContext = {
    callId: 'call-1',
    signal: new AbortController().signal,
    ledger: createLedger(),
    results: openResultStore(join(directory, 'results')),
    todo: { items: [] },
    output: (text) => outputs.push(text),
    ask: async () => undefined,
    ...options.context,
    workspace: await openWorkspace(root, added),
    services: givenServices(options.services ?? {}),
  }

  const bench: ToolBench = {
    directory,
    root,
    context,
    outputs,
    path: (name) => join(root, name),
    async write(name, content) {
      const path = join(root, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      return path
    },
    text: (name) => Bun.file(join(root, name)).text(),
    bytes: (name) => Bun.file(join(root, name)).bytes(),
    exists: (name) => Bun.file(join(root, name)).exists(),
    run: (tool, input, over) => tool.run(input, { ...context, ...over }),
    async say(tool, input) {
      return contentText(await tool.run(input, context))
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
  for (const [name, content] of Object.entries(options.files ?? {}))
    await bench.write(name, content)
  return bench
}

/** What the model reads of a result; an image shows as its media type. */
export function contentText(result: ToolResult): string {
  if (typeof result.content === 'string') return result.content
  return result.content
    .map((block) => (block.type === 'text' ? block.text : `[${block.mediaType}]`))
    .join('\n')
}

type GivenServices = NonNullable<ToolBenchOptions['services']>

function givenServices(given: GivenServices): ToolServices {
  return {
    sandbox: orMissing('sandbox', given.sandbox),
    index: orMissing('index', given.index),
    vectors: orMissing('vectors', given.vectors),
    lsp: orMissing('lsp', given.lsp),
    web: orMissing('web', given.web),
    ripgrep: given.ripgrep ?? (() => Promise.reject(notGiven('ripgrep'))),
  }
}

/** A service of which every method that was not given rejects: a tool must say so, or do without. */
function orMissing<T extends object>(name: string, given: Partial<T> = {}): T {
  return new Proxy(given as T, {
    get: (target, method) => target[method as keyof T] ?? (() => Promise.reject(notGiven(name))),
  })
}

function notGiven(name: string): CodiError {
  return new CodiError('worker', `The ${name} service was not given to this test`)
}
