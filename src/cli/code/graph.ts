/** codi graph: who calls what, who imports what, what inherits what. */

import { exitCodes } from '../../app/exit-code.ts'
import type { JsonObject } from '../../base/json.ts'
import { neutralize } from '../../base/text.ts'
import { callGraphAnswer, callSides } from '../../tools/code/get-call-graph.ts'
import { dependencyAnswer, importSides } from '../../tools/code/get-dependency-graph.ts'
import {
  inheritanceAnswer,
  inheritanceDepth,
  inheritanceSides,
} from '../../tools/code/get-inheritance.ts'
import { type Answer, graphLimit, type Side, sideOf } from '../../tools/code/graph-text.ts'
import { noSuchSymbol } from '../../tools/code/symbol-names.ts'
import { flagValue, has, usage, wholeNumberOf } from '../args.ts'
import { type CodeCommand, printLines, relativePath } from './command.ts'
import { nameIn, type Target, targetOf } from './target.ts'

interface GraphKind {
  /** What is asked of: a symbol of this sort; undefined for files. */
  what?: string
  depth: number
  /** The words of `--direction`. */
  sides: Readonly<Record<string, Side>>
  ask(command: CodeCommand, asked: Asked): Promise<Answer<JsonObject>>
}

interface Asked {
  typed: string
  target: Target
  direction: Side
  depth: number
  limit: number
}

const kinds: Readonly<Record<string, GraphKind>> = {
  calls: {
    what: 'function',
    depth: 1,
    sides: callSides,
    async ask({ app, signal }, { target, typed, ...query }) {
      const named = { ...nameIn(target, typed), ...query }
      return callGraphAnswer(await app.services.index.callGraph(named, signal), query.direction)
    },
  },
  imports: {
    depth: 1,
    sides: importSides,
    async ask(command, { typed, direction, depth, limit }) {
      const path = await relativePath(command, typed)
      const external = has(command.args, 'external')
      const query = { path: path === '.' ? '' : path, direction, depth, limit, external }
      const { index } = command.app.services
      return dependencyAnswer(await index.dependencyGraph(query, command.signal), direction)
    },
  },
  inherits: {
    what: 'type',
    depth: inheritanceDepth,
    sides: inheritanceSides,
    async ask({ app, signal }, { target, typed, ...query }) {
      const named = { ...nameIn(target, typed), ...query }
      return inheritanceAnswer(await app.services.index.inheritance(named, signal), query.direction)
    },
  },
}

export async function graph(command: CodeCommand): Promise<number> {
  const { app, args, output, signal } = command
  const [kind = '', typed] = args.words
  const asked = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (!asked || typed === undefined)
    throw usage(`codi graph wants ${Object.keys(kinds).join(', ')}, and a NAME or FILE`)
  const direction = directionOf(command, asked.sides)
  await app.services.index.update({}, signal)
  const target = await targetOf(command, typed)
  const answer = await asked.ask(command, {
    typed,
    target,
    direction,
    depth: wholeNumberOf(args, 'depth', 1) ?? asked.depth,
    limit: wholeNumberOf(args, 'limit', 1) ?? graphLimit,
  })
  printLines(command, answer)
  if (answer.found) return exitCodes.done
  const missing = { name: target.name ?? typed, what: asked.what ?? 'file', path: target.path }
  output.err(`codi: ${neutralize(await noSuchSymbol(app.services.index, missing, signal))}\n`)
  return exitCodes.failed
}

function directionOf({ args }: CodeCommand, sides: Readonly<Record<string, Side>>): Side {
  const word = flagValue(args, 'direction')
  if (word === undefined || Object.hasOwn(sides, word)) return sideOf(word, sides)
  throw usage(`--direction wants ${Object.keys(sides).join(', ')} here, not "${word}"`)
}
