/** Splits source text into identifiers, strings and comments. Rough on purpose: it feeds word statistics only. */

export interface Lexed {
  identifiers: string[]
  strings: string[]
  comments: string[]
}

type Style = 'c' | 'rust' | 'python' | 'hash' | 'sql'

const styles: Record<string, Style> = {
  typescript: 'c',
  tsx: 'c',
  javascript: 'c',
  go: 'c',
  java: 'c',
  cpp: 'c',
  csharp: 'c',
  rust: 'rust',
  python: 'python',
  ruby: 'hash',
  bash: 'hash',
  php: 'c',
}

const identifier = String.raw`([\p{L}_$][\p{L}\p{N}_$]*|\d+)`
const doubleQuoted = String.raw`"(?:\\[\s\S]|[^"\\\n])*"`
const singleQuoted = String.raw`'(?:\\[\s\S]|[^'\\\n])*'`
const blockComment = String.raw`\/\*[\s\S]*?(?:\*\/|$)`
/** Each with three groups: comment, string, word. */
const patterns: Record<Style, string> = {
  c:
    String.raw`(\/\/[^\n]*|${blockComment})|(${doubleQuoted}|${singleQuoted}|` +
    '`(?:\\\\[\\s\\S]|[^`\\\\])*`' +
    `)|${identifier}`,
  rust: String.raw`(\/\/[^\n]*|${blockComment})|("(?:\\[\s\S]|[^"\\])*"|'(?:\\.[^'\n]{0,8}|[^'\\\n])')|${identifier}`,
  python: String.raw`(#[^\n]*)|("""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|${doubleQuoted}|${singleQuoted})|${identifier}`,
  hash: String.raw`((?<![$\w])#[^\n]*)|(${doubleQuoted}|${singleQuoted})|${identifier}`,
  sql: String.raw`(--[^\n]*|${blockComment})|(${doubleQuoted}|${singleQuoted})|${identifier}`,
}

/** Words of the languages themselves: in every function, so they tell nothing. */
const keywords = new Set(
  (
    'abstract and as async await bool boolean break case catch char class const constructor continue def defer del ' +
    'do double elif else end enum except export extends false final finally float fn for from func function go if ' +
    'impl implements import in instanceof int interface is lambda let long loop match mod mut namespace new nil none ' +
    'not null number object or package pass private protected pub public raise readonly ref return self short static ' +
    'str string struct super switch then this throw throws trait true try type typeof undefined unsafe use using var ' +
    'void where while with yield any never unknown u8 u16 u32 u64 usize i32 i64 f64 echo fi esac done local'
  ).split(' '),
)

const expressions = new Map<Style, RegExp>(
  (Object.keys(patterns) as Style[]).map((style) => [style, new RegExp(patterns[style], 'gu')]),
)

export function lex(text: string, language: string): Lexed {
  const lexed: Lexed = { identifiers: [], strings: [], comments: [] }
  const expression = expressions.get(styles[language] ?? 'c')
  if (!expression) return lexed
  expression.lastIndex = 0
  // Groups by number: an object of named ones for every word of a project is felt.
  for (let match = expression.exec(text); match; match = expression.exec(text)) {
    const word = match[3]
    if (word !== undefined) {
      if (!keywords.has(word)) lexed.identifiers.push(word)
    } else if (match[2] !== undefined) lexed.strings.push(match[2])
    else if (match[1] !== undefined) lexed.comments.push(match[1])
  }
  return lexed
}
