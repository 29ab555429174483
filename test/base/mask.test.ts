import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { maskedJson } from '../../src/base/mask/masked-json.ts'
import { openMasker } from '../../src/base/mask/masker.ts'
import { isSecretVariable } from '../../src/base/mask/names.ts'
import { readPattern } from '../../src/base/mask/own-patterns.ts'
import { contextTemplates, makeSecret, shapeSamples } from '../support/secret-samples.ts'
import { harmless } from './mask-harmless.ts'

const { mask } = openMasker({ env: {} })
const seeds = [1, 2, 3]

describe('A key that its issuer made recognisable', () => {
  for (const { name, template } of shapeSamples) {
    test(`is masked as ${name} (${template})`, () => {
      for (const seed of seeds) {
        const secret = makeSecret(template, seed)
        for (const [before, after] of [
          ['', ''],
          ['the key is ', ', not more'],
          ['"', '",'],
          ['   12\t', '\n   13\tnext'],
          ['x\\n', '\\n'],
          ['^[[32m', '^[[0m'],
        ] as const) {
          expect(mask(`${before}${secret}${after}`)).toBe(`${before}[masked: ${name}]${after}`)
        }
      }
    })
  }

  test('is found although a program coloured a part of it', () => {
    const secret = makeSecret('ghp_{A36}')
    const coloured = `a \x1b[01;31mghp_\x1b[m${secret.slice(4)} b`
    expect(mask(coloured)).toBe('a \x1b[01;31m[masked: GitHub token] b')
  })

  test('is found behind an escape that is written out', () => {
    for (const written of ['\\u0022', '\\u001b[1m', '\\x1b[32m', '\\033[0m', '%3D'])
      expect(mask(`${written}${makeSecret('ghp_{A36}')}`)).toBe(`${written}[masked: GitHub token]`)
  })

  test('is found although links, modes or characters without width split it', () => {
    const secret = makeSecret('ghp_{A36}')
    const link = (text: string) => `\x1b]8;;https://example.org\x07${text}\x1b]8;;\x07`
    for (const between of ['\x1b]8;;\x07', '\x1b(B', '\x1b[?25h', '\u200b', '\x9b1m'])
      expect(mask(`a ${secret.slice(0, 9)}${between}${secret.slice(9)} b`)).toBe(
        'a [masked: GitHub token] b',
      )
    expect(mask(`a ${link(secret)} b`)).toBe(`a ${link('[masked: GitHub token]')} b`)
    expect(mask(`a \x1b]0;${secret}\x07 b`)).not.toContain(secret)
  })

  test('is found where a text was cut in the middle of it', () => {
    const secret = makeSecret('ghp_{A36}')
    for (const after of ['…', '… [3 more characters in this line]', '\n[… 34 KB not shown …]\n'])
      expect(mask(`a ${secret.slice(0, 20)}${after}`)).toBe(`a [masked: GitHub token]${after}`)
    expect(mask('the prefix ghp_… of such keys')).toBe('the prefix ghp_… of such keys')
  })

  test('keeps its name where a variable holds it', () => {
    expect(mask(`API_KEY=${makeSecret('sk-ant-api03-{w93}')}`)).toBe(
      'API_KEY=[masked: Anthropic key]',
    )
  })
})

describe('A value that its context gives away', () => {
  for (const template of contextTemplates) {
    test(`is masked: ${template.replaceAll('\n', '⏎')}`, () => {
      for (const seed of seeds) {
        const [before = '', secret = '', after = ''] = makeSecret(template, seed).split('§')
        const masked = mask(`${before}${secret}${after}`)
        expect(masked).not.toContain(secret)
        expect(masked).toContain('[masked: ')
        // What stands round it is still there to be worked with.
        if (!before.startsWith('AKIA')) expect(masked.startsWith(before)).toBe(true)
        expect(masked.endsWith(after)).toBe(true)
      }
    })
  }
})

describe('A private key', () => {
  const rows = Array.from({ length: 6 }, (_, seed) => makeSecret('{B64}', seed + 1))
  const begin = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----`
  const end = (kind: string) => `-----END ${kind}PRIVATE KEY-----`

  for (const kind of ['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ']) {
    test(`${kind}is masked whole`, () => {
      const key = [begin(kind), ...rows, end(kind)].join('\n')
      expect(mask(`a\n${key}\nb`)).toBe('a\n[masked: private key]\nb')
    })
  }

  test('is masked with line numbers, as a quoted diff, and escaped into one line', () => {
    const lines = [begin('RSA '), ...rows, end('RSA ')]
    const numbered = lines
      .map((line, index) => `${String(index + 1).padStart(5)}\t${line}`)
      .join('\n')
    for (const text of [
      numbered,
      lines.map((line) => `+${line}`).join('\n'),
      `"private_key": "${lines.join('\\n')}\\n"`,
    ])
      for (const row of rows) expect(mask(text)).not.toContain(row)
  })

  test('is masked where its end or its beginning is cut off', () => {
    const headless = [...rows, end('')].join('\n')
    const endless = ['x', begin(''), ...rows, 'and then other text'].join('\n')
    for (const row of rows) {
      expect(mask(headless)).not.toContain(row)
      expect(mask(endless)).not.toContain(row)
    }
    expect(mask(endless)).toContain('and then other text')
  })

  test('is not seen in code that only looks for one', () => {
    const code = `if (text.includes('${begin('RSA ')}')) return\nconst last = '${end('RSA ')}'`
    expect(mask(code)).toBe(code)
  })

  test('of PGP is masked', () => {
    const key = `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: x\n\n${rows.join('\n')}\n-----END PGP PRIVATE KEY BLOCK-----`
    expect(mask(key)).toBe('[masked: private key]')
  })
})

describe('Exact values', () => {
  const value = makeSecret('{A20}')
  const env = {
    GITHUB_TOKEN: value,
    DB_PASSWORD: 'correct-horse-battery',
    API_KEY: 'test',
    REDIS_URL: 'redis://localhost:6379/1',
    PATH: '/usr/local/bin-with-a-name',
    SSH_AUTH_SOCK: '/tmp/ssh-abcdef/agent.1234',
  }
  const masker = openMasker({ env })

  test('of variables that are called secrets are masked wherever they stand', () => {
    expect(masker.mask(`it is ${value}!`)).toBe('it is [masked: value of GITHUB_TOKEN]!')
    expect(masker.mask('a correct-horse-battery b')).toBe('a [masked: value of DB_PASSWORD] b')
  })

  test('are found as base64, hex and in an address', () => {
    for (const text of [
      Buffer.from(`x${value}y`).toString('base64'),
      Buffer.from(`xx${value}`).toString('base64'),
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('hex'),
    ])
      expect(masker.mask(`out: ${text}`)).toContain('[masked: value of GITHUB_TOKEN]')
  })

  test('are found as forms, HTML, shells and URL-safe base64 write them, and line by line', () => {
    const odd = `a'b&<9>"~+/ ${value}`
    const rows = [makeSecret('{A24}', 4), makeSecret('{A24}', 5)]
    const { mask: maskOdd } = openMasker({ env: { A_TOKEN: odd, B_SECRET: rows.join('\n') } })
    for (const text of [
      new URLSearchParams({ a: odd }).toString(),
      odd.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      `'${odd.replaceAll("'", "'\\''")}'`,
      Buffer.from(`~~${odd}`).toString('base64url'),
      Buffer.from(odd).toString('hex').toUpperCase(),
    ])
      expect(maskOdd(text)).toContain('[masked: value of A_TOKEN]')
    const stream = openMasker({ env: { B_SECRET: rows.join('\n') } }).stream()
    const shown = rows.map((row) => stream.push(`${row}\n`)).join('') + stream.flush()
    for (const row of rows) expect(shown).not.toContain(row)
  })

  test('include the password of a proxy, in every form it is sent in', () => {
    const { mask: masked } = openMasker({
      env: { HTTPS_PROXY: 'http://me:pr0xy%40word@host:3128' },
    })
    const basic = Buffer.from('me:pr0xy@word').toString('base64')
    for (const text of ['pr0xy%40word', 'pr0xy@word', `Sent ${basic}`])
      expect(masked(`it says ${text}`)).toContain('[masked: value of HTTPS_PROXY]')
  })

  test('that are words, short, or no secrets stay as they are', () => {
    const text = `a test of ${env.PATH}, ${env.REDIS_URL} and ${env.SSH_AUTH_SOCK}`
    expect(masker.mask(text)).toBe(text)
  })

  test('can be added later', () => {
    const stored = makeSecret('{A24}', 9)
    masker.add('the credential openai', stored)
    expect(masker.mask(stored)).toBe('[masked: value of the credential openai]')
  })

  test('are chosen by names', () => {
    const secret = [
      'GITHUB_TOKEN',
      'AWS_SECRET_ACCESS_KEY',
      'DB_PASSWORD',
      'OPENAI_API_KEY',
      'DATABASE_URL',
      'GH_PAT',
      'MY_SECRET_1',
    ]
    const plain = [
      'PATH',
      'HOME',
      'PWD',
      'SSH_AUTH_SOCK',
      'TOKEN_TYPE',
      'KEYBOARD',
      'API_KEY_FILE',
      'AUTHOR',
      'COMPASS',
      'NODE_ENV',
    ]
    expect(secret.filter((name) => !isSecretVariable(name))).toEqual([])
    expect(plain.filter(isSecretVariable)).toEqual([])
  })
})

describe('What is no secret', () => {
  test('is known by at least 150 lines', () => {
    expect(harmless.length).toBeGreaterThanOrEqual(150)
  })

  test('comes back as the very same text, line by line and together', () => {
    const touched = harmless
      .filter((line) => mask(line) !== line)
      .map((line) => `${line} -> ${mask(line)}`)
    expect(touched).toEqual([])
    const whole = harmless.join('\n')
    expect(mask(whole)).toBe(whole)
  })

  test('all the source of codi is none', () => {
    const root = join(import.meta.dir, '../..')
    const files = [...new Bun.Glob('{src,workers}/**/*.{ts,md,scm,c,h}').scanSync(root)]
    expect(files.length).toBeGreaterThan(300)
    const touched = files.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return mask(text) !== text
    })
    expect(touched).toEqual([])
  })

  test('marks are masked no second time', () => {
    const once = mask(
      `PASSWORD=${makeSecret('{A16}')}\nAuthorization: Bearer ${makeSecret('{A40}')}`,
    )
    expect(mask(once)).toBe(once)
  })
})

describe('Patterns of a person', () => {
  test('mask what they match', () => {
    const own = openMasker({ env: {}, patterns: ['ACME-\\d{6}', '(?i)internal-[a-z]+'] })
    expect(own.mask('id ACME-123456, Internal-Thing')).toBe(
      'id [masked: secret of secretPatterns], [masked: secret of secretPatterns]',
    )
  })

  for (const pattern of [
    '(a+)+$',
    '(a|a)*b',
    '([a-z]+)*=',
    '(x+x+)+y',
    '\\s+\\s+\\s+\\s+\\s+x',
    '(.)\\1+',
    '.*.*.*.*x',
    '',
    'a*',
    '(',
  ]) {
    test(`that could take for ever or match everywhere are refused: ${pattern}`, () => {
      expect(readPattern(pattern)).toBeString()
    })
  }

  test('that are refused are told', () => {
    const warnings: string[] = []
    openMasker({ env: {}, patterns: ['(a+)+$'], warn: (text) => void warnings.push(text) })
    expect(warnings).toEqual([expect.stringContaining('"(a+)+$" is not used')])
  })
})

describe('JSON', () => {
  test('is masked in every text, with what its names say', () => {
    const token = makeSecret('ghp_{A36}')
    const value = { list: [token, 1, null], password: makeSecret('{A14}'), plain: 'x' }
    expect(maskedJson(value, mask)).toEqual({
      list: ['[masked: GitHub token]', 1, null],
      password: '[masked: password]',
      plain: 'x',
    })
    const harmlessValue = { a: ['b', { c: 'd' }] }
    expect(maskedJson(harmlessValue, mask)).toBe(harmlessValue)
  })
})
