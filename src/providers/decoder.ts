/** What a wire does with the frames of its answer; the same for a live stream and a recorded body. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import type { Usage } from '../contract/message.ts'
import type { ModelEvent } from '../contract/provider.ts'
import type { Frame } from './frames.ts'

export interface WireDecoder {
  /** Throws a WireError where the host reports a failure. */
  frame(frame: Frame): ModelEvent[]
  /**
   * `open`: the answer is not complete. `ending`: it is, only figures may follow. `closed`: nothing more is read.
   */
  progress(): 'open' | 'ending' | 'closed'
  /** The last events, with `done`; throws a WireError when the answer is not complete. */
  end(): ModelEvent[]
  usage(): Usage | undefined
}

/** A field of a JSON object as text; empty where it is not. */
export function textOf(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}

/** A field as a count; 0 where it is none. */
export function countOf(object: JsonObject | undefined, name: string): number {
  const value = object?.[name]
  return typeof value === 'number' && value > 0 ? value : 0
}

export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}

export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
