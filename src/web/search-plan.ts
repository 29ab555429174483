/** Which engines a search asks, one after another until one answers, and at which hosts. */
import { CodiError } from '../base/errors.ts'
import { hostText } from '../base/host-rule.ts'
import { type Environment, firstSet } from '../base/outgoing-proxy.ts'
import type { SearchEngineId } from '../contract/web-service.ts'
import type { EngineQuery, SearchEngine } from './engine.ts'
import { searchEngines } from './engines.ts'
import { targetOf } from './web-target.ts'

export interface SearchChoice {
  engine: SearchEngineId
  baseUrl: string | undefined
  env: Environment
}

/** An engine with what it needs. */
export interface PlannedEngine {
  engine: SearchEngine
  asked: Pick<EngineQuery, 'baseUrl' | 'key' | 'also'>
}

/** Throws a CodiError where the chosen engine lacks something. */
export function searchPlan(
  choice: SearchChoice,
  engines: readonly SearchEngine[] = searchEngines,
): PlannedEngine[] {
  const { engine: wanted, baseUrl, env } = choice
  if (wanted !== 'auto') {
    const engine = engines.find(({ id }) => id === wanted)
    return engine ? [planned(engine, choice)] : []
  }
  const own = engines.find(({ id }) => id === 'searxng')
  if (own && baseUrl) return [planned(own, choice)]
  const keyed = engines.find(
    (engine) => engine.baseUrl !== undefined && engine.keys.length > 0 && hasKey(engine, env),
  )
  if (keyed) return [planned(keyed, choice)]
  return engines
    .filter((engine) => engine.baseUrl !== undefined && engine.keys.length === 0)
    .map((engine) => planned(engine, choice))
}

/** Empty where the plan cannot be made: the search itself then says why. */
export function searchHosts(choice: SearchChoice): string[] {
  try {
    const hosts = searchPlan(choice).map(({ asked }) => hostText(targetOf(new URL(asked.baseUrl))))
    return [...new Set(hosts)]
  } catch {
    return []
  }
}

function hasKey(engine: SearchEngine, env: Environment): boolean {
  return (
    firstSet(env, engine.keys) !== undefined &&
    (engine.also === undefined || firstSet(env, [engine.also]) !== undefined)
  )
}

function planned(engine: SearchEngine, { baseUrl, env }: SearchChoice): PlannedEngine {
  const base = (baseUrl?.trim() || engine.baseUrl)?.replace(/\/+$/, '')
  if (base === undefined) {
    throw new CodiError('invalid', `${engine.name} has no fixed address; set searchBaseUrl to it`)
  }
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    throw new CodiError(
      'invalid',
      `searchBaseUrl is ${JSON.stringify(base)}; it must be an http:// or https:// URL`,
    )
  }
  const missing = [
    ...(engine.keys.length > 0 && !firstSet(env, engine.keys) ? engine.keys.slice(0, 1) : []),
    ...(engine.also !== undefined && !firstSet(env, [engine.also]) ? [engine.also] : []),
  ]
  if (missing.length > 0) {
    throw new CodiError('credentials', `${engine.name} wants a key; set ${missing.join(' and ')}`)
  }
  return {
    engine,
    asked: {
      baseUrl: base,
      key: firstSet(env, engine.keys) ?? '',
      also: engine.also === undefined ? '' : (firstSet(env, [engine.also]) ?? ''),
    },
  }
}
