/** codi graph: who calls what, who imports what, what inherits what. */
import { exitCodes } from '../../app/exit-code.ts'
import type { JsonObject } from '../../base/json.ts'
import { callDirections, callGraphAnswer, graphLimit } from '../../tools/get-call-graph.ts'
import { dependencyAnswer, importDirections } from '../../tools/get-dependency-graph.ts'
import {
  inheritanceAnswer,
  inheritanceDepth,
  inheritanceDirections,
} from '../../tools/get-inheritance.ts'
import type { Answer } from '../../tools/graph-text.ts'
import { noSuchSymbol } from '../../tools/symbol-names.ts'
import { flagValue, has, usage, wholeNumberOf } from '../args.ts'
import { type CodeCommand, printLines, relativePath } from './command.ts'
import { type Target, targetOf } from './target.ts'

interface GraphKind {
  /** What is asked of: a symbol of this sort; undefined for files. */
  what?: string
  depth: number
  ask(command: CodeCommand, asked: Asked): Promise<Answer<JsonObject>>
}

interface Asked {
  typed: string
  target: Target
  depth: number
  limit: number
}

const sides = ['both', 'in', 'out'] as const
type Side = (typeof sides)[number]

/** The words of the tools stand in the same order as the sides: both, in, out. */
function wordFor<W extends string>(side: Side, words: { both: W; in: W; out: W }): W {
  return words[side]
}

const kinds: Readonly<Record<string, GraphKind>> = {
  calls: {
    what: 'function',
    depth: 1,
    async ask({ app, args, signal }, { target, depth, limit, typed }) {
      const direction = sideOf(flagValue(args, 'direction'), callDirections, 'callers', 'callees')
      const query = { ...named(target, typed), direction, depth, limit }
      const graph = await app.services.index.callGraph(query, signal)
      const words = { both: 'both', in: 'callers', out: 'callees' } as const
      return callGraphAnswer(graph, wordFor(direction, words))
    },
  },
  imports: {
    depth: 1,
    async ask({ app, args, signal }, { typed, depth, limit }) {
      const direction = sideOf(
        flagValue(args, 'direction'),
        importDirections,
        'imported_by',
        'imports',
      )
      const path = await relativePath(app, typed)
      const external = has(args, 'external')
      const query = { path: path === '.' ? '' : path, direction, depth, limit, external }
      const graph = await app.services.index.dependencyGraph(query, signal)
      const words = { both: 'both', in: 'imported_by', out: 'imports' } as const
      return dependencyAnswer(graph, wordFor(direction, words))
    },
  },
  inherits: {
    what: 'type',
    depth: inheritanceDepth,
    async ask({ app, args, signal }, { target, depth, limit, typed }) {
      const direction = sideOf(
        flagValue(args, 'direction'),
        inheritanceDirections,
        'descendants',
        'ancestors',
      )
      const query = { ...named(target, typed), direction, depth, limit }
      const graph = await app.services.index.inheritance(query, signal)
      const words = { both: 'both', in: 'descendants', out: 'ancestors' } as const
      return inheritanceAnswer(graph, wordFor(direction, words))
    },
  },
}

export async function graph(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const [kind = '', typed] = args.words
  const asked = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (!asked || typed === undefined)
    throw usage(`codi graph wants ${Object.keys(kinds).join(', ')}, and a NAME or FILE`)
  await app.services.index.update({}, signal)
  const target = await targetOf(command, typed)
  const answer = await asked.ask(command, {
    typed,
    target,
    depth: wholeNumberOf(args, 'depth', 1) ?? asked.depth,
    limit: wholeNumberOf(args, 'limit', 1) ?? graphLimit,
  })
  printLines(command, answer)
  if (answer.found) return exitCodes.done
  const missing = { name: target.name ?? typed, what: asked.what ?? 'file', path: target.path }
  output.err(`codi: ${await noSuchSymbol(app.services.index, missing, signal)}\n`)
  return exitCodes.failed
}

function named(target: Target, typed: string): { name: string; path?: string } {
  if (target.name === undefined)
    throw usage(`"${typed}" is a file: name a definition in it as ${typed}:NAME or ${typed}:LINE`)
  return { name: target.name, ...(target.path === undefined ? {} : { path: target.path }) }
}

function sideOf(
  direction: string | undefined,
  known: readonly string[],
  inWord: string,
  outWord: string,
): Side {
  if (direction === undefined || direction === 'both') return 'both'
  if (direction === inWord) return 'in'
  if (direction === outWord) return 'out'
  throw usage(`--direction wants ${known.join(', ')} here, not "${direction}"`)
}
