/** Host names and the rules about them. */
import { describe, expect, test } from 'bun:test'
import { hostName, hostText, matchesHost, namesExactly } from '../../src/base/host-rule.ts'

describe('a host name', () => {
  test('has one form', () => {
    const forms: Record<string, string | undefined> = {
      'Example.ORG.': 'example.org',
      'BÜCHER.example': 'xn--bcher-kva.example',
      '0x7f.1': '127.0.0.1',
      '017700000001': '127.0.0.1',
      '[::1]': '::1',
      '::FFFF:1.2.3.4': '::ffff:102:304',
      '': undefined,
      'a b': undefined,
      'a/b': undefined,
      'user@host': undefined,
      'a?b': undefined,
      'a#b': undefined,
      'a:80': undefined,
      '.': undefined,
    }
    for (const [text, name] of Object.entries(forms))
      expect(`${text} ${hostName(text)}`).toBe(`${text} ${name}`)
    expect(hostText({ host: '::1', port: 80 })).toBe('[::1]:80')
  })
})

describe('a rule', () => {
  const matches = (rule: string, host: string, port = 443) => matchesHost(rule, { host, port })

  test('is about the host it names, with a port about that port only', () => {
    expect(matches('pypi.org', 'pypi.org')).toBe(true)
    expect(matches('PyPI.org.', 'pypi.org', 80)).toBe(true)
    expect(matches('pypi.org', 'evil-pypi.org')).toBe(false)
    expect(matches('pypi.org', 'pypi.org.evil.example')).toBe(false)
    expect(matches('pypi.org:443', 'pypi.org')).toBe(true)
    expect(matches('pypi.org:80', 'pypi.org')).toBe(false)
    expect(matches('[::1]:443', '::1')).toBe(true)
    expect(matches('::1', '::1')).toBe(true)
  })

  test('with a star is about every name below', () => {
    expect(matches('*.example.org', 'a.b.example.org')).toBe(true)
    expect(matches('*.example.org', 'example.org')).toBe(false)
    expect(matches('*.example.org', 'badexample.org')).toBe(false)
    expect(matches('*.example.org:80', 'a.example.org')).toBe(false)
    expect(matches('*', 'anything.example')).toBe(true)
    for (const odd of ['', '*.', '.', 'https://pypi.org', 'a*b'])
      expect(`${odd} ${matches(odd, 'pypi.org')}`).toBe(`${odd} false`)
  })

  test('opens what is private only with exactly its host and port', () => {
    const target = { host: 'localhost', port: 4873 }
    expect(namesExactly('localhost:4873', target)).toBe(true)
    for (const rule of ['localhost', '*', '*:4873', '*.localhost:4873', 'localhost:80'])
      expect(`${rule} ${namesExactly(rule, target)}`).toBe(`${rule} false`)
  })
})
