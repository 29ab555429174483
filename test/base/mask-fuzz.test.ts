import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { openMasker } from '../../src/base/mask/masker.ts'
import { makeSecret, shapeSamples } from '../support/secret-samples.ts'

const masker = openMasker({ env: {} })
const secrets = shapeSamples.map(({ template }) => makeSecret(template))
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'password = "',
    "'",
    '"',
    '\n',
    'token: ',
    '://a:b@',
    '-----BEGIN RSA PRIVATE KEY-----',
    '\x1b[31m',
    '<key>',
    '=',
    ' ',
  ),
)

test('whatever stands round it, masking never throws and masks no second time', () => {
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 12 }), (parts) => {
      const text = parts.join('')
      const masked = masker.mask(text)
      if (!masked.includes('[masked: ')) expect(masked).toBe(text)
    }),
    { numRuns: 400 },
  )
})

test('a key between words, quotes or lines is masked, and so it is in pieces', () => {
  const border = fc.constantFrom(' ', '\n', '"', "'", '`', '=', ': ', '(', ',', '\t', '>')
  fc.assert(
    fc.property(
      fc.constantFrom(...secrets),
      border,
      border,
      fc.nat(),
      (secret, before, after, cut) => {
        const text = `some text${before}${secret}${after}more text\n`
        expect(masker.mask(text)).not.toContain(secret)
        const at = cut % text.length
        const stream = masker.stream()
        expect(stream.push(text.slice(0, at)) + stream.push(text.slice(at)) + stream.flush()).toBe(
          masker.mask(text),
        )
      },
    ),
    { numRuns: 500 },
  )
})
