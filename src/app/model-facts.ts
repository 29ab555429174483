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
/** Beyond these a file was damaged or edited. */
const minFactor = 0.2
const maxFactor = 5

export function openModelFacts(cacheDirectory: string): ModelFactsStore {
  const path = join(cacheDirectory, 'models.json')

  function read(): JsonObject {
    try {
      const value = parseJson(readSmallFile(path, maxBytes))
      return isJsonObject(value) ? value : {}
    } catch {
      return {}
    }
  }

  const get = (model: string) => toFacts(read()[model])

  return {
    get,
    async put(model, facts) {
      if (!differs(get(model), facts)) return
      // Whoever wrote meanwhile keeps the other models.
      const { [model]: _before, ...others } = read()
      const rows = Object.entries(others).slice(-maxModels)
      const next = {
        ...Object.fromEntries(rows),
        [model]: { ...facts.calibration, ...windowOf(facts) },
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

function windowOf({ window }: ModelFacts): { window?: number } {
  return window === undefined ? {} : { window }
}

function toFacts(value: unknown): ModelFacts {
  if (!isJsonObject(value)) return { calibration: { ...uncalibrated } }
  const factor = (name: 'plain' | 'wide') => {
    const number = value[name]
    const isSane = typeof number === 'number' && number >= minFactor && number <= maxFactor
    return isSane ? number : uncalibrated[name]
  }
  const { samples, window } = value
  return {
    calibration: {
      plain: factor('plain'),
      wide: factor('wide'),
      samples: typeof samples === 'number' && samples >= 0 ? samples : 0,
    },
    ...(typeof window === 'number' && window >= 1 ? { window } : {}),
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
