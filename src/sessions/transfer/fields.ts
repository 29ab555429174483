/** Fields of JSON that somebody else wrote: each is what it should be, or undefined. */
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts'

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A text that says something. */
export function wordsOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

export function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A count of tokens: nothing negative, nothing that is no number. */
export function countOf(value: JsonValue | undefined): number {
  return Math.min(maxCount, Math.max(0, Math.round(numberOf(value) ?? 0)))
}

/** Dollars that somebody may have paid. */
export function costOf(value: JsonValue | undefined): number | undefined {
  return isCost(value) ? value : undefined
}

export function isCost(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= maxCostUsd
}

export function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maxCount
}

/** Whether a calendar has it. */
export function isMoment(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= maxMoment
}

/** Of nobody's making, and far below where sums of many are no longer exact. */
const maxCount = 1e12
const maxCostUsd = 1e9
/** The last that a Date has. */
const maxMoment = 8.64e15

/**
 * JSON that somebody else wrote; undefined where it is none, or nests deeper than anything that is meant to be read: what
 * goes through it later does so by calling itself.
 */
export function parseForeign(text: string): JsonValue | undefined {
  const value = parseJson(text)
  return value === undefined || isDeep(value) ? undefined : value
}

const maxDepth = 200

function isDeep(value: JsonValue): boolean {
  let level: JsonValue[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true
    const below: JsonValue[] = []
    for (const part of level)
      if (typeof part === 'object' && part !== null)
        for (const inner of Object.values(part)) if (typeof inner === 'object') below.push(inner)
    level = below
  }
  return false
}

export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** Milliseconds since the epoch, from a number of milliseconds or a date as ISO 8601 writes it. */
export function momentOf(value: JsonValue | undefined): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : value
  return isMoment(at) && at > 0 ? at : undefined
}
