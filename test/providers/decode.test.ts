/** Recorded bodies of every wire, decoded by the path that reads live streams. */
import { describe, expect, test } from 'bun:test'
import { decodeResponse } from '../../src/providers/decode.ts'
import type { Step } from '../support/model-server.ts'
import { renderBody, type WireName } from '../support/model-wires.ts'

const wires: Record<string, WireName> = {
  anthropic: 'messages',
  openai: 'responses',
  'openai-compatible': 'chat',
  groq: 'chat',
  ollama: 'ollama',
}

const step: Step = {
  thinking: 'let me look',
  text: 'Grüße 日本',
  calls: [
    { id: 'call_1', name: 'read_file', input: { path: 'a' } },
    { id: 'call_2', name: 'grep', input: { pattern: 'b' } },
  ],
  usage: { input: 11, output: 22 },
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

for (const [provider, wire] of Object.entries(wires)) {
  describe(`a body of ${provider}`, () => {
    const body = (more: Partial<Step> = {}) =>
      Buffer.concat(renderBody({ ...step, ...more }, { wire, model: 'm' }).pieces)

    test('that streams is decoded whole', async () => {
      expect(await decodeResponse(provider, body())).toEqual({
        text: 'Grüße 日本',
        thinking: 'let me look',
        calls: [
          { name: 'read_file', input: { path: 'a' } },
          { name: 'grep', input: { pattern: 'b' } },
        ],
        stop: 'calls',
        usage: {
          inputTokens: 11,
          outputTokens: 22,
          cacheReadTokens: 0,
          cacheWriteTokens: 0,
          reasoningTokens: 0,
        },
        error: null,
      })
    })

    test('that is one JSON value is decoded alike', async () => {
      const { whole } = renderBody(step, { wire, model: 'm' })
      expect(await decodeResponse(provider, bytes(whole))).toEqual(
        await decodeResponse(provider, body()),
      )
    })

    test('with CRLF, comments and garbage is decoded alike', async () => {
      const plain = await decodeResponse(provider, body())
      expect(await decodeResponse(provider, body({ fault: 'crlf' }))).toEqual(plain)
      expect(await decodeResponse(provider, body({ fault: 'garbage' }))).toEqual(plain)
    })

    test('that breaks off keeps what had come and says so', async () => {
      const all = body({ calls: [], text: 'a long answer that does not end' })
      const half = all.subarray(0, Math.floor(all.length * 0.6))
      const decoded = await decodeResponse(provider, half)
      expect(decoded.error?.kind).toBe('truncated')
      expect(decoded.stop).toBeNull()
      expect('a long answer that does not end').toStartWith(decoded.text)
    })

    test('that is an error, an HTML page or nothing has no answer', async () => {
      const error = { error: { type: 'overloaded_error', message: 'Overloaded' }, type: 'error' }
      expect((await decodeResponse(provider, bytes(JSON.stringify(error)))).error?.kind).toBe(
        'overloaded',
      )
      const html = await decodeResponse(provider, bytes('<html><body>Hi</body></html>'))
      expect(html.error?.kind).toBe('protocol')
      expect((await decodeResponse(provider, bytes(''))).error?.kind).toBe('truncated')
    })

    test('survives having any byte of it changed or lost', async () => {
      const whole = body({ text: 'x', thinking: '' })
      for (let at = 0; at < whole.length; at += 7) {
        const changed = Buffer.from(whole)
        changed[at] = (at * 31) & 0xff
        expect(await decodeResponse(provider, changed)).toHaveProperty('error')
        const lost = Buffer.concat([whole.subarray(0, at), whole.subarray(at + 5)])
        expect(await decodeResponse(provider, lost)).toHaveProperty('error')
      }
    })
  })
}

test('an unknown provider is refused with the closest name', async () => {
  const thrown = await decodeResponse('anthropc', bytes('')).catch((error) => error)
  expect(thrown).toMatchObject({ kind: 'usage' })
  expect(thrown.message).toContain('anthropic')
})

test('a provider without a wire has nothing to decode', async () => {
  expect(await decodeResponse('mock', bytes('')).catch((error) => error.kind)).toBe('usage')
})
