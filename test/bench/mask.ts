/**
 * Time of the masker for 1 MB: of source, of a log, of JSON in one line, and of texts made to be slow for it.
 * `sh .ci/bun test/bench/mask.ts`
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openMasker } from '../../src/base/mask/masker.ts'
import { harmless } from '../base/mask-harmless.ts'
import { makeSecret } from '../support/secret-samples.ts'

const megabyte = 1_000_000
const root = join(import.meta.dir, '../..')
const source = [...new Bun.Glob('src/**/*.ts').scanSync(root)]
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')
const token = makeSecret('ghp_{A36}')
const texts: Record<string, string> = {
  'source of codi': source,
  'lines without a secret': harmless.join('\n'),
  'a log with a key in each line': `2026-01-01 12:00:00 INFO request 17 took 3 ms token=${token}\n`,
  'JSON in one line': JSON.stringify({
    id: 1,
    name: 'x',
    token: 'word',
    url: 'https://example.org/a',
  }),
  'base64 in one line': makeSecret('{B4000}'),
  '`sk-`': 'sk-',
  '`password=`': 'password=',
  '`password: "`': 'password: "',
  '`=`': '=',
  '`:`': ':',
  '`://a:`': '://a:',
  '`eyJ.`': 'eyJaaaaaaaaaaaa.',
  '`Bearer `': 'Bearer ',
  'beginnings of private keys': '-----BEGIN RSA PRIVATE KEY-----\n',
  'ends of private keys': '-----END RSA PRIVATE KEY-----\n',
  'a private key without an end': `-----BEGIN RSA PRIVATE KEY-----\n${`${makeSecret('{B64}')}\n`.repeat(20_000)}`,
  '`value="`': 'name="token" value="',
  cookies: 'Cookie: a=b; ',
  quotes: `"'\`\\`,
}
const masker = openMasker({
  env: { GITHUB_TOKEN: makeSecret('{A40}'), AWS_SECRET_ACCESS_KEY: makeSecret('{B40}', 2) },
})
for (const [name, unit] of Object.entries(texts)) {
  const text = unit.repeat(Math.ceil(megabyte / unit.length)).slice(0, megabyte)
  masker.mask(text)
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now()
    masker.mask(text)
    return performance.now() - started
  }).sort((a, b) => a - b)
  process.stdout.write(`${name.padEnd(34)} ${(times[1] ?? 0).toFixed(1).padStart(8)} ms\n`)
}
