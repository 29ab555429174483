/**
 * Calls every tool of the registry with generated inputs, through the real loop and a gate that answers as it is told.
 * Also a program, to be watched by strace: `bun call-tools.ts SEED COUNT` denies everything.
 */
import { runCalls } from '../../src/agent/calls.ts'
import type { JsonObject, JsonValue } from '../../src/base/json.ts'
import type { Decision, Gate, PermissionRequest } from '../../src/contract/permission.ts'
import type { AnyTool, ToolServices } from '../../src/contract/tool.ts'
import { aliases } from '../../src/tools/aliases.ts'
import { allTools } from '../../src/tools/registry.ts'
import { ripgrepPath } from '../../src/tools/search/ripgrep.ts'
import { contentText, openToolBench, type ToolBench } from '../support/tool-context.ts'

export const secret = 'MARKER-of-a-secret'

export interface Called {
  tool: string
  input: JsonObject
  request: PermissionRequest | undefined
  said: string
}

export interface Calls extends AsyncDisposable {
  bench: ToolBench
  /** Calls of services that run something or leave the machine. */
  reached: string[]
  call(tool: AnyTool, input: JsonObject): Promise<Called>
}

export async function openCalls(answer: (request: PermissionRequest) => Decision): Promise<Calls> {
  const reached: string[] = []
  /** `known` answers what a tool must know to ask the gate. */
  const watched = (service: string, known: Record<string, () => unknown> = {}) =>
    new Proxy({} as never, {
      get: (_, method) =>
        known[String(method)] ??
        (async () => {
          reached.push(`${service}.${String(method)}`)
          throw new Error('reached')
        }),
    })
  const services: Partial<ToolServices> = {
    sandbox: watched('sandbox'),
    web: watched('web', {
      searchHosts: () => ['search.example:443'],
      pageHost: () => 'example.org:443',
    }),
    ripgrep: () => ripgrepPath({ cacheDirectory: '', env: process.env }),
  }
  const files = Object.fromEntries(
    ['a.ts', 'src/b.ts', 'src/deep/c.txt', '.env', 'notes.md'].map((name) => [
      name,
      `${secret}\nline\n`,
    ]),
  )
  const bench = await openToolBench({
    files: { ...files, Makefile: 'test:\n\ttrue\n', 'package.json': '{"scripts":{"test":"true"}}' },
    services,
  })
  return {
    bench,
    reached,
    async call(tool, input) {
      let request: PermissionRequest | undefined
      const gate: Gate = {
        mode: 'auto',
        async check(asked) {
          request = asked
          return answer(asked)
        },
      }
      const [outcome] = await runCalls(
        {
          tools: allTools,
          aliases,
          gate,
          context: () => ({ ...bench.context }),
          emit: () => undefined,
          record: () => 0,
        },
        [{ type: 'call', id: 'c', name: tool.name, input }],
        bench.context.signal,
      )
      const said = outcome ? contentText({ content: outcome.result.content }) : ''
      return { tool: tool.name, input, request, said }
    },
    [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose](),
  }
}

export const denyAll = (): Decision => ({ allow: false, by: 'nobody', reason: 'no', abort: false })
export const allowAll = (): Decision => ({ allow: true, by: 'mode' })

/** A small generator whose run a seed names. */
export function openRandom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const paths = [
  'a.ts',
  'src/b.ts',
  'src/deep/c.txt',
  '.env',
  'src',
  '.',
  'new.txt',
  'x/y/new.md',
  'src/../a.ts',
  '../out',
  '~/.ssh/id_rsa',
  '/etc/passwd',
  '',
  'link/b.ts',
  'hard.ts',
]
const texts = [
  'line',
  secret,
  'new\ntext\n',
  '*',
  '**/*',
  'true',
  'echo x > made',
  'https://example.org/',
  '',
]
const patches = [
  '*** Begin Patch\n*** Add File: x/added.txt\n+new\n*** End Patch',
  '*** Begin Patch\n*** Delete File: a.ts\n*** End Patch',
  '*** Begin Patch\n*** Update File: notes.md\n@@\n-line\n+other\n*** End Patch',
  '*** Begin Patch\n*** Update File: src/b.ts\n*** Move to: src/moved.ts\n@@\n-line\n+other\n*** End Patch',
]

/** An input that fits the schema, of names and texts that mean something here. */
export function inputFor(tool: AnyTool, random: (below: number) => number): JsonObject {
  const schema = tool.input as { properties?: Record<string, unknown>; required?: string[] }
  const input: JsonObject = {}
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!schema.required?.includes(name) && random(2) === 0) continue
    input[name] = valueFor(name, property as JsonObject, random)
  }
  return input
}

function valueFor(name: string, schema: JsonObject, random: (below: number) => number): JsonValue {
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T
  if (Array.isArray(schema.enum)) return pick(schema.enum)
  if (Array.isArray(schema.anyOf)) return valueFor(name, pick(schema.anyOf) as JsonObject, random)
  if (schema.const !== undefined) return schema.const
  switch (schema.type) {
    case 'integer':
    case 'number':
      return pick([1, 2, 3, 0, 100])
    case 'boolean':
      return random(2) === 0
    case 'array':
      return Array.from({ length: random(3) }, () =>
        valueFor(name, (schema.items ?? {}) as JsonObject, random),
      )
    case 'object':
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as JsonObject).map(([key, value]) => [
          key,
          valueFor(key, value as JsonObject, random),
        ]),
      )
    default:
      if (name === 'patch') return pick(patches)
      return /path|cwd|file|dir/.test(name) ? pick(paths) : pick(texts)
  }
}

if (import.meta.main) {
  const [seed = '1', count = '5'] = process.argv.slice(2)
  const random = openRandom(Number(seed))
  await using calls = await openCalls(denyAll)
  for (const tool of allTools)
    for (let round = 0; round < Number(count); round++)
      await calls.call(tool, inputFor(tool, random))
  process.stdout.write(`${calls.reached.length}\n`)
}
