/** Secrets that stand a little away from their name: options of a command, pairs of name and value, .netrc. */
import { isSecretVariable, secretKind } from './names.ts'
import type { Span } from './span.ts'
import { isPlaceholder, isSecretValue } from './values.ts'

interface PairRow {
  /** Nothing is searched where this does not stand. */
  hint: string
  /** Groups `value`, and `name` where the name decides. */
  pattern: RegExp
  kind: string
}

/** `token: |` and the value in the line below. */
const yamlBlock =
  /^[ \t-]*["']?(?<name>[\w.-]{3,60})["']?: [|>][-+]?\d?[ \t]*\n[ \t]+(?<value>[^\s"'#]{8,300})[ \t]*$/gm

const pairs: readonly PairRow[] = [
  {
    hint: '--',
    pattern:
      /(?<=\s)--?(?<name>(?:[a-z]{1,20}-){0,3}(?:password|passwd|pass|passphrase|token|secret|key))[ \t]+(?:\\?["'])?(?<value>[^\s"'\\-][^\s"'\\]{5,300})/g,
    kind: 'secret',
  },
  {
    hint: '-u',
    pattern:
      /(?<=\bcurl\b[^\n]{0,300}\s)(?:-u|--user)[ =]?["']?[^\s:"']{1,80}:(?<value>[^\s"']{4,200})/g,
    kind: 'password',
  },
  {
    hint: 'sshpass',
    pattern: /\bsshpass[ \t]+-p[ \t]*["']?(?<value>[^\s"']{4,200})/g,
    kind: 'password',
  },
  {
    hint: 'value=',
    pattern:
      /(?:key|name)\s?=\s?["'](?<name>[\w.:-]{3,60})["']\s{1,20}value\s?=\s?["'](?<value>[^"'\n]{6,300})["']/gi,
    kind: 'secret',
  },
  {
    hint: 'value:',
    pattern:
      /name:[ \t]*["']?(?<name>[A-Za-z_]\w{2,60})["']?[ \t]*\n[ \t]*value:[ \t]*["']?(?<value>[^\s"'#]{6,300})/g,
    kind: 'secret',
  },
  {
    hint: '"value"',
    pattern:
      /"(?:name|key|Name|Key)"\s?:\s?"(?<name>[\w.-]{3,60})"\s?,\s{0,40}"value"\s?:\s?"(?<value>[^"\n]{6,300})"/gi,
    kind: 'secret',
  },
  {
    hint: 'login ',
    pattern: /\blogin[ \t]+\S{1,100}\s{1,8}password[ \t]+(?<value>\S{4,200})/g,
    kind: 'password',
  },
  { hint: ': |', pattern: yamlBlock, kind: 'secret' },
  { hint: ': >', pattern: yamlBlock, kind: 'secret' },
  {
    hint: 'set',
    pattern:
      /\b(?:setx|setenv|set[ \t]+-[a-zA-Z]{1,4})[ \t]+(?<name>\w{3,60})[ \t]+["']?(?<value>[^\s"'=]{6,300})/g,
    kind: 'secret',
  },
  {
    hint: 'mysql',
    pattern: /\bmysql\w*\b[^\n]{0,200}?\s-p(?<value>[^\s"'=]{6,200})/g,
    kind: 'password',
  },
  {
    hint: 'ENV ',
    pattern: /^[ \t]*ENV[ \t]+(?<name>\w{3,60})[ \t]+(?<value>[^\s"'=]{6,300})$/gm,
    kind: 'secret',
  },
]

export function findPairs(text: string): Span[] {
  const spans: Span[] = []
  for (const { hint, pattern, kind } of pairs) {
    if (!text.includes(hint)) continue
    for (const match of text.matchAll(pattern)) {
      const { name, value = '' } = match.groups ?? {}
      const named = name === undefined ? kind : kindOf(name)
      if (named === undefined || isPlaceholder(value)) continue
      if (name !== undefined && !isSecretValue(value, 'quoted')) continue
      const start = match.index + match[0].lastIndexOf(value)
      spans.push({ start, end: start + value.length, name: named })
    }
  }
  return spans
}

function kindOf(name: string): string | undefined {
  return secretKind(name) ?? (isSecretVariable(name) ? 'secret' : undefined)
}
