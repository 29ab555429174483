/** Where secrets are taken out: every event on its way to the front ends, and the whole outputs that are kept. */
import { createReadStream } from 'node:fs'
import { chmod, open, rename, unlink } from 'node:fs/promises'
import { unfinishedTail } from '../base/cut-border.ts'
import type { JsonObject } from '../base/json.ts'
import type { Masker } from '../base/mask/masker.ts'
import type { MaskStream } from '../base/mask/stream.ts'
import type { RunInput } from '../contract/app.ts'
import type { Credentials } from '../contract/auth.ts'
import type { AppEvent, RunResult } from '../contract/event.ts'
import type { ResultStore, Workspace } from '../contract/tool.ts'
import { markRefusal } from './mask-marks.ts'

export interface Masks {
  text(text: string): string
  /** Why a call must not be made: it would write a mark where a secret stands. */
  refuse(tool: string, input: JsonObject): Promise<string | undefined>
  events(event: AppEvent): AppEvent[]
  results(store: ResultStore): ResultStore
  credentials(credentials: Credentials): Credentials
  /**
   * A diff that codi has gathered for a review or a commit, before a model elsewhere reads it. The built-in engine reads
   * it as it is: it looks for secrets that leak, and nothing leaves the machine.
   */
  input(input: RunInput, provider: string): RunInput
  result(result: RunResult): RunResult
}

/** Recipes whose input is a diff. */
const diffRecipes: ReadonlySet<string> = new Set(['review', 'commit'])

/** Without a masker (`maskSecrets: false`) everything passes as it is. */
export function openMasks(masker: Masker | undefined, workspace: Workspace): Masks {
  if (!masker) {
    return {
      text: (text) => text,
      refuse: () => Promise.resolve(undefined),
      events: (event) => [event],
      results: (store) => store,
      credentials: (credentials) => credentials,
      input: (input) => input,
      result: (result) => result,
    }
  }
  const { mask } = masker
  return {
    text: mask,
    refuse: (tool, input) => markRefusal(tool, input, workspace),
    events: maskedEvents(masker),
    results: (store) => maskedResults(store, masker),
    credentials: (credentials) => maskedCredentials(credentials, masker),
    input: (input, provider) =>
      provider !== 'builtin' && diffRecipes.has(input.recipe ?? '') && input.stdin !== undefined
        ? { ...input, stdin: mask(input.stdin) }
        : input,
    result: (result) =>
      result.error
        ? { ...result, error: { ...result.error, message: mask(result.error.message) } }
        : result,
  }
}

/**
 * What becomes of an event: itself masked, none (its text waits for the rest of a line), or two. Results of calls come
 * masked already; what a model or a person says is left alone.
 */
function maskedEvents(masker: Masker): (event: AppEvent) => AppEvent[] {
  const streams = new Map<string, MaskStream>()
  const { mask } = masker
  return (event) => {
    switch (event.type) {
      case 'call_output': {
        const stream = streams.get(event.id) ?? masker.stream()
        streams.set(event.id, stream)
        const text = stream.push(event.text)
        return text === '' ? [] : [{ ...event, text }]
      }
      case 'call_end': {
        const waiting = streams.get(event.id)?.flush() ?? ''
        streams.delete(event.id)
        // Of a command that goes on in the background the rest of the word comes with its next output.
        const goesOn = event.detail?.type === 'output' && event.detail.shell !== undefined
        const rest = goesOn ? waiting.slice(0, waiting.length - unfinishedTail(waiting)) : waiting
        return rest === '' ? [event] : [{ type: 'call_output', id: event.id, text: rest }, event]
      }
      case 'notice':
        return [{ ...event, text: mask(event.text) }]
      case 'retract':
        return [{ ...event, reason: mask(event.reason) }]
      case 'permission': {
        const { request } = event
        const preview = request.preview === undefined ? {} : { preview: mask(request.preview) }
        return [{ ...event, request: { ...request, summary: mask(request.summary), ...preview } }]
      }
      default:
        return [event]
    }
  }
}

/** What recall_result pages was masked whole: a page that begins in the middle of a secret shows nothing of it. */
function maskedResults(store: ResultStore, masker: Masker): ResultStore {
  return {
    get directory() {
      return store.directory
    },
    put: (text, about) => store.put(masker.mask(text), about),
    async adopt(path, about) {
      await maskFile(path, masker)
      return store.adopt(path, about)
    },
    path: (id) => store.path(id),
    list: () => store.list(),
  }
}

/** Rewrites the file where it holds secrets; bytes that are no UTF-8 are then replaced. */
async function maskFile(path: string, masker: Masker): Promise<void> {
  const masked = `${path}.masked`
  const stream = masker.stream()
  const target = await open(masked, 'wx', 0o600)
  let changed = false
  let read = 0
  let written = 0
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
      const text = String(chunk)
      const ready = stream.push(text)
      read += text.length
      written += ready.length
      changed ||= ready.includes('[masked: ')
      if (ready !== '') await target.write(ready)
    }
    const rest = stream.flush()
    written += rest.length
    changed ||= rest.includes('[masked: ') || read !== written
    if (rest !== '') await target.write(rest)
  } catch (thrown) {
    await unlink(masked).catch(() => {})
    throw thrown
  } finally {
    await target.close()
  }
  if (!changed) return unlink(masked)
  await chmod(masked, 0o600)
  await rename(masked, path)
}

/** What the store hands out must not be seen anywhere else. */
function maskedCredentials(credentials: Credentials, masker: Masker): Credentials {
  const hide = (name: string, ...values: (string | undefined)[]) => {
    for (const value of values) if (value !== undefined) masker.add(`the credential ${name}`, value)
  }
  return {
    ...credentials,
    async get(name) {
      const found = await credentials.get(name)
      if (found?.kind === 'key') hide(name, found.key)
      else hide(name, found?.accessToken, found?.refreshToken)
      return found
    },
    async accessToken(name, options) {
      const token = await credentials.accessToken(name, options)
      hide(name, token)
      return token
    },
  }
}
