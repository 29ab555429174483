/**
 * What was learned about models and outlives a session: how they count tokens, and how large a window is that nobody
 * would tell. A file in the cache: losing it costs a little accuracy.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Calibration, uncalibrated } from '../agent/calibration.ts'
import { writeAtomic } from '../base/atomic-write.ts'
import { isJsonObject, type JsonObject, parseJson } from '../base/json.ts'
import { readSmallFile } from '../base/small-file.ts'

export interface ModelFacts {
  calibration: Calibration
  window?: number
}

export interface ModelFactsStore {
  get(model: string): ModelFacts
  /** Only what has changed by more than a little is written. Never throws. */
  put(model: string, facts: ModelFacts): Promise<void>
}

const maxBytes = 256 * 1024
const maxModels = 300
const leastChange = 0.02
/** Hosts of one's own are started anew with another window: what one told holds so long. */
const windowAgeMs = 24 * 3_600_000
/** Beyond these a file was damaged or edited. */
const minFactor = 0.2
const maxFactor = 5

export function openModelFacts(cacheDirectory: string, now = Date.now): ModelFactsStore {
  const path = join(cacheDirectory, 'models.json')

  function read(): JsonObject {
    try {
      const value = parseJson(readSmallFile(path, maxBytes))
      return isJsonObject(value) ? value : {}
    } catch {
      return {}
    }
  }

  const get = (model: string) => toFacts(read()[model], now())

  /** With the time at which it was told. */
  function windowOf(model: string, { window }: ModelFacts, before: unknown): JsonObject {
    if (window === undefined) return {}
    const toldAt = get(model).window === window && isJsonObject(before) ? before.toldAt : now()
    return { window, toldAt: toldAt ?? now() }
  }

  return {
    get,
    async put(model, facts) {
      if (!differs(get(model), facts)) return
      // Whoever wrote meanwhile keeps the other models.
      const { [model]: before, ...others } = read()
      const rows = Object.entries(others).slice(-maxModels)
      const next = {
        ...Object.fromEntries(rows),
        [model]: { ...facts.calibration, ...windowOf(model, facts, before) },
      }
      try {
        await mkdir(cacheDirectory, { recursive: true, mode: 0o700 })
        await writeAtomic(path, Buffer.from(`${JSON.stringify(next)}\n`), { mode: 0o600 })
      } catch {
        // A cache that cannot be written costs a little accuracy next time.
      }
    },
  }
}

function toFacts(value: unknown, now: number): ModelFacts {
  if (!isJsonObject(value)) return { calibration: { ...uncalibrated } }
  const factor = (name: 'plain' | 'wide') => {
    const number = value[name]
    const isSane = typeof number === 'number' && number >= minFactor && number <= maxFactor
    return isSane ? number : uncalibrated[name]
  }
  const { samples, window, toldAt } = value
  const age = typeof toldAt === 'number' ? now - toldAt : Number.POSITIVE_INFINITY
  const isFresh = age >= 0 && age < windowAgeMs
  return {
    calibration: {
      plain: factor('plain'),
      wide: factor('wide'),
      samples: typeof samples === 'number' && samples >= 0 ? samples : 0,
    },
    ...(isFresh && typeof window === 'number' && window >= 1 ? { window } : {}),
  }
}

function differs(before: ModelFacts, after: ModelFacts): boolean {
  const { calibration: a } = before
  const { calibration: b } = after
  return (
    before.window !== after.window ||
    (a.samples === 0 && b.samples > 0) ||
    Math.abs(a.plain - b.plain) > leastChange * a.plain ||
    Math.abs(a.wide - b.wide) > leastChange * a.wide
  )
}
