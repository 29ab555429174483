/** Estimates against what two public tokenizers have counted, and what is learned from a host's own counts. */
import { describe, expect, test } from 'bun:test'
import { estimated, learned, uncalibrated } from '../../src/agent/calibration.ts'
import { textTokens } from '../../src/agent/estimate.ts'
import { imageTokens } from '../../src/agent/image-tokens.ts'
import { openMeter } from '../../src/agent/meter.ts'
import type { ImageBlock } from '../../src/contract/message.ts'
import rows from '../fixtures/token-counts.json' with { type: 'json' }
import { userMessage } from '../support/agent.ts'

const sumOf = (text: string) => {
  const { plain, wide } = textTokens(text)
  return plain + wide
}

describe('an estimate', () => {
  test.each(rows)('of $kind is within a quarter of what a tokenizer counts', ({ text, cl100k }) => {
    const ratio = sumOf(text) / cl100k
    expect(ratio).toBeGreaterThan(0.74)
    expect(ratio).toBeLessThan(1.26)
  })

  test('is off by less than a tenth in the mean', () => {
    const errors = rows.map(({ text, cl100k }) => Math.abs(sumOf(text) / cl100k - 1))
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.1)
  })

  test('of a text without end costs no more than one pass', () => {
    expect(sumOf('a'.repeat(1_000_000))).toBeGreaterThan(100_000)
    expect(sumOf('')).toBe(0)
  })
})

test('of any text every sign is counted, whatever stands beside it', () => {
  const everySign = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join('')
  const apart = [...Array(0x10000).keys()].map((code) => textTokens(String.fromCharCode(code)))
  const wide = apart.reduce((sum, tokens) => sum + tokens.wide, 0)
  expect(textTokens(everySign).wide).toBeCloseTo(wide, 3)
  expect(textTokens('camelCase HTTPServer XMLHttp ab').plain).toBeCloseTo(7, 5)
})

describe('what a host counts', () => {
  const system = [{ text: 'word '.repeat(3000), stable: true }]
  const request = { system, tools: [], messages: [userMessage('and '.repeat(1000))] }

  test('is learned, so that the next estimate comes near it', () => {
    const meter = openMeter(uncalibrated)
    const before = meter.fixed(request)
    for (let answer = 0; answer < 6; answer++) expect(meter.learn(request, 5600)).toBe(true)
    expect(meter.fixed(request) + meter.messages(request.messages)).toBeCloseTo(5600, -2)
    expect(meter.fixed(request)).toBeGreaterThan(before)
  })

  test('that cannot be right teaches nothing', () => {
    const meter = openMeter(uncalibrated)
    for (const counted of [1, 40, 1_000_000]) expect(meter.learn(request, counted)).toBe(false)
    expect(meter.calibration).toEqual(uncalibrated)
  })

  test('that is far off what is known teaches nothing, once it is known', () => {
    const settled = { plain: 1, wide: 1, samples: 9 }
    expect(learned(settled, { plain: 4000, wide: 0 }, 8000)).toEqual(settled)
    expect(learned(settled, { plain: 4000, wide: 0 }, 4400).plain).toBeCloseTo(1.02, 2)
  })

  test('of wide scripts is learned apart from the rest', () => {
    const after = learned({ plain: 1, wide: 1, samples: 0 }, { plain: 1000, wide: 4000 }, 3400)
    expect(after).toMatchObject({ plain: 1, wide: 0.6 })
    expect(estimated({ plain: 100, wide: 100 }, after)).toBe(160)
  })
})

describe('an image', () => {
  const png = async (width: number, height: number): Promise<ImageBlock> => {
    const pixel = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    const bytes = await new Bun.Image(pixel).resize(width, height).png().bytes()
    return { type: 'image', mediaType: 'image/png', data: Buffer.from(bytes).toString('base64') }
  }

  test('takes tokens by its size, and never more than hosts take', async () => {
    expect(imageTokens(await png(600, 500))).toBe(400)
    expect(imageTokens(await png(2000, 2000))).toBe(1600)
    expect(imageTokens(await png(20, 20))).toBe(85)
  })

  test('of the other formats is measured by its first bytes, too', async () => {
    const source = Buffer.from((await png(600, 500)).data, 'base64')
    const jpeg = await new Bun.Image(source).jpeg({ quality: 80 }).bytes()
    const webp = await new Bun.Image(source).webp({ quality: 80 }).bytes()
    const tokens = (mediaType: ImageBlock['mediaType'], bytes: Uint8Array) =>
      imageTokens({ type: 'image', mediaType, data: Buffer.from(bytes).toString('base64') })
    expect(tokens('image/jpeg', jpeg)).toBe(400)
    expect(tokens('image/webp', webp)).toBe(400)
  })

  test('that cannot be read counts as the largest', () => {
    expect(imageTokens({ type: 'image', mediaType: 'image/png', data: 'AAAA' })).toBe(1600)
  })
})
