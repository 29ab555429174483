/**
 * Who the person is, in a YAML file of their own: name, preferences, expertise, what to avoid. Keys that codi does not
 * know stay in it; comments do not survive a change by a command.
 */
import { closest } from '../base/closest.ts'
import { CodiError, errorCode, errorMessage } from '../base/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts'
import { readSmallFile } from '../base/small-file.ts'
import { oneLine } from '../base/text.ts'
import type { ProfileRow } from '../contract/memory.ts'

const maxBytes = 64 * 1024
const maxValueChars = 500
const maxKeyChars = 60

/** `texts`: a list, typed with commas; `group`: any names below it. */
const keys: Readonly<Record<string, 'text' | 'texts' | 'group'>> = {
  name: 'text',
  preferences: 'group',
  expertise: 'texts',
  avoid: 'texts',
  custom: 'group',
}

/** An empty object where there is no file. Throws a CodiError of kind `invalid` for one that makes no sense. */
export function readProfile(path: string): JsonObject {
  let text: string
  try {
    text = readSmallFile(path, maxBytes)
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return {}
    throw new CodiError('io', `Cannot read ${path}: ${errorMessage(thrown)}`, { cause: thrown })
  }
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = Bun.YAML.parse(text)
  } catch (thrown) {
    throw broken(path, errorMessage(thrown))
  }
  // A file of comments alone.
  if (value === null || value === undefined) return {}
  if (!isJsonObject(value)) throw broken(path, 'it is no list of keys and values')
  return value
}

export function profileText(profile: JsonObject): string {
  return `${Bun.YAML.stringify(profile, null, 2)}\n`
}

export function profileRows(profile: JsonObject): ProfileRow[] {
  return Object.entries(profile).flatMap(([key, value]): ProfileRow[] => {
    if (keys[key] === 'group' && isJsonObject(value))
      return Object.entries(value).map(([name, inner]) => [`${key}.${name}`, valueText(inner)])
    return key in keys && value !== null ? [[key, valueText(value)]] : []
  })
}

/** The profile with another value; undefined takes it out. Throws for a key that is none, and for a bad value. */
export function withProfile(
  profile: JsonObject,
  key: string,
  value: string | undefined,
): JsonObject {
  const { top, name } = readKey(key)
  if (value !== undefined) checkValue(value)
  if (name === undefined) {
    const { [top]: _, ...others } = profile
    if (value === undefined) return others
    return { ...profile, [top]: keys[top] === 'texts' ? listOf(value) : value.trim() }
  }
  const group = isJsonObject(profile[top]) ? profile[top] : {}
  const { [name]: _, ...others } = group
  if (value !== undefined) return { ...profile, [top]: { ...group, [name]: value.trim() } }
  if (Object.keys(others).length > 0) return { ...profile, [top]: others }
  const { [top]: _group, ...rest } = profile
  return rest
}

/** `preferences.indent`, `name`; a CodiError of kind `usage` for anything else. */
function readKey(key: string): { top: string; name?: string } {
  const dot = key.indexOf('.')
  const top = dot < 0 ? key : key.slice(0, dot)
  const name = dot < 0 ? undefined : key.slice(dot + 1)
  const kind = Object.hasOwn(keys, top) ? keys[top] : undefined
  if (kind !== undefined && kind !== 'group' && name === undefined) return { top }
  const isName = name !== undefined && /^[\p{L}\p{N}_][\p{L}\p{N}_ -]*$/u.test(name)
  if (kind === 'group' && isName && name.length <= maxKeyChars) return { top, name }
  const [near] = closest(top, Object.keys(keys))
  const advice = kind === 'group' ? `${top}.NAME` : near === undefined ? undefined : example(near)
  throw new CodiError(
    'usage',
    `The profile has no key "${key}"; ${advice === undefined ? 'use name, preferences.NAME, expertise, avoid or custom.NAME' : `did you mean ${advice}?`}`,
  )
}

function example(top: string): string {
  return keys[top] === 'group' ? `${top}.NAME` : top
}

function checkValue(value: string): void {
  if (value.trim() === '') throw new CodiError('usage', 'The value is empty; unset removes a key')
  if (value.length > maxValueChars)
    throw new CodiError('invalid', `A value has at most ${maxValueChars} characters`)
}

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function valueText(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ')
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value ?? ''), maxValueChars)
}

function broken(path: string, why: string): CodiError {
  return new CodiError('invalid', `${path} is not used: ${oneLine(why, 200)}; mend it in an editor`)
}
