/**
 * The name of the type that a variable, parameter, property or function is declared with, read from its own words:
 * a signature, or the lines before its use. No checker: what is not said plainly is not known.
 */
import { familyOf } from './bindings.ts'

/** A type's name, perhaps with what qualifies it; or a call whose result it is. */
export type Declared = { type: string } | { call: string }

interface Patterns {
  /** With the variable's name put in for `NAME`; group 1 is a type. */
  types: readonly string[]
  /** Group 1 is what was called, or constructed. */
  calls: readonly string[]
  /** The result of a function's signature. */
  result?: RegExp
}

const path = '([A-Za-z_$][\\w$]*(?:(?:\\.|::|\\\\)[A-Za-z_$][\\w$]*)*)'
/** Types of TypeScript's library whose members are those of the type inside; of a promise what it becomes. */
const wrappers = '(?:(?:Promise|Awaited|Readonly|Partial|Required|NonNullable|Pick|Omit)<\\s*)*'
const typeFirst: Patterns = {
  types: [
    `(?:^|[(,;{<\\s])(?:const\\s+)?${path}(?:<[^;=()]*>)?(?:\\s*[&*?]+\\s*|\\s+)\\$?NAME\\s*(?=[=;,){:]|$)`,
    `NAME\\s*=\\s*new\\s+${path}`,
  ],
  calls: [`NAME\\s*=\\s*(?:await\\s+)?${path}\\(`],
}

const patterns: Readonly<Record<string, Patterns>> = {
  ecma: {
    types: [
      `NAME[?!]?\\s*:\\s*(?:readonly\\s+)?${wrappers}(?:typeof\\s+)?(?!ReturnType\\b)${path}`,
      `NAME\\s*=\\s*(?:await\\s+)?new\\s+${path}`,
    ],
    calls: [
      `NAME\\s*=\\s*(?:await\\s+)?${path}\\(`,
      `NAME[?!]?\\s*:\\s*${wrappers}ReturnType<\\s*typeof\\s+${path}`,
    ],
    result: new RegExp(`\\)\\s*:\\s*(?:AsyncIterable<|Iterable<)?${wrappers}${path}[^()]*$`),
  },
  python: {
    types: [
      `NAME\\s*:\\s*["']?(?:Optional\\[|Type\\[|type\\[)?["']?${path}`,
      `NAME\\s*=\\s*(?:await\\s+)?([A-Z_]\\w*)\\(`,
    ],
    calls: [`NAME\\s*=\\s*(?:await\\s+)?${path}\\(`, `with\\s+${path}\\([^\\n]*\\)\\s+as\\s+NAME`],
    result: new RegExp(`->\\s*["']?(?:Optional\\[)?["']?${path}`),
  },
  go: {
    types: [
      `(?:[(,]|\\bvar|^|[,\\w])\\s*NAME\\s+\\*?${path}`,
      `NAME\\s*(?:,\\s*\\w+\\s*)?:?=\\s*&?${path}\\{`,
      `NAME\\s*:?=\\s*new\\(${path}`,
    ],
    calls: [`NAME\\s*(?:,\\s*\\w+\\s*)*:?=\\s*${path}\\(`],
    result: new RegExp(`\\)\\s*\\(?(?:\\w+\\s+)?\\*?${path}[^()]*\\)?$`),
  },
  rust: {
    types: [
      `NAME\\s*:\\s*&?(?:'\\w+\\s+)?(?:mut\\s+)?(?:dyn\\s+|impl\\s+)?(?:Arc<|Box<|Rc<|Option<)?${path}`,
      `NAME\\s*=\\s*&?(?:mut\\s+)?([A-Z]\\w*)(?:::\\w+\\(|\\s*\\{|\\()`,
    ],
    calls: [`NAME\\s*=\\s*${path}\\(`],
    result: new RegExp(`->\\s*(?:Result<|Option<|Box<|Arc<|&)?(?:'\\w+\\s+)?(?:mut\\s+)?${path}`),
  },
  java: typeFirst,
  csharp: typeFirst,
  cpp: typeFirst,
  php: {
    types: [`\\??${path}\\s+\\$NAME\\b`, `\\$(?:this->)?NAME\\s*=\\s*new\\s+${path}`],
    calls: [],
    result: new RegExp(`\\)\\s*:\\s*\\??${path}`),
  },
  ruby: { types: [`NAME\\s*=\\s*([A-Z]\\w*(?:::\\w+)*)\\.new\\b`], calls: [] },
}

/** Words that stand where a type would, and are none. */
const noType: ReadonlySet<string> = new Set(
  (
    'return new else throw await yield case const let var auto final static public private protected internal readonly ' +
    'in of as is typeof delete import package using goto void mut ref out async override virtual abstract func if for while'
  ).split(' '),
)

/** Undefined where the text does not say. */
export function declaredType(language: string, name: string, text: string): Declared | undefined {
  const known = patterns[familyOf(language)]
  if (!known || !/^[\w$#@]+$/.test(name)) return undefined
  const escaped = name.replace(/[$]/g, '\\$&')
  const bound = `(?<![\\w$.])${escaped}(?![\\w$])`
  for (const pattern of known.types) {
    const found = lastMatch(pattern.replace('NAME', bound), text)
    if (found !== undefined && !noType.has(found)) return { type: found }
  }
  for (const pattern of known.calls) {
    const found = lastMatch(pattern.replace('NAME', bound), text)
    if (found !== undefined && !noType.has(found)) return { call: found }
  }
  return undefined
}

/** The type that a function's signature says it gives. */
export function resultType(language: string, signature: string): string | undefined {
  const family = familyOf(language)
  const { result } = patterns[family] ?? {}
  if (result) return result.exec(signature)?.[1]
  const first = new RegExp(`${path}(?:<[^()]*>)?[\\s&*]+\\w+\\s*\\(`).exec(signature)?.[1]
  return first === undefined || noType.has(first) ? undefined : first
}

/** The nearest declaration before the use counts. An array or a map of something is not that something. */
function lastMatch(pattern: string, text: string): string | undefined {
  let last: string | undefined
  for (const match of text.matchAll(new RegExp(pattern, 'gm'))) {
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 2)
    last = after.startsWith('[]') ? 'Array' : match[1]
  }
  return last
}
