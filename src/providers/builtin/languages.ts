/**
 * What builtin must know of a language to read a diff or an excerpt without parsing it: the name of its code fence,
 * its comments, the lines that define something. One row a language; a file without a row is plain text.
 */

export interface Language {
  /** For a Markdown code fence. */
  fence: string
  extensions: string[]
  /** A line that is only comment. */
  comment: RegExp
  /** Each with a group `name`; `exported` as a group or by `isExported`. */
  definitions: { kind: 'function' | 'method' | 'type' | 'value'; pattern: RegExp }[]
  isExported(name: string, line: string): boolean
}

const slashes = /^\s*(\/\/|\/\*|\*)/
const hash = /^\s*#/
const never = () => false

/** Words that look like a call or a method head and are none. */
export const keywords = new Set(
  (
    'if else for while switch case catch try finally return throw new function class do with await async yield typeof ' +
    'def elif except lambda print not and or in is import from del assert raise super self this None True False null ' +
    'func go defer select range match loop unsafe move fn let mut pub use mod impl struct enum trait where as ref sizeof ' +
    'void int float double char bool boolean string unless until begin rescue ensure end then fi done echo export const var static'
  ).split(' '),
)

const rows: Language[] = [
  {
    fence: 'ts',
    extensions: ['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'vue', 'svelte'],
    comment: slashes,
    definitions: [
      {
        kind: 'function',
        pattern:
          /^\s*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:async\s+)?function\s*\*?\s*(?<name>[\w$]+)/,
      },
      {
        kind: 'function',
        pattern:
          /^\s*(?:export\s+)?const\s+(?<name>[\w$]+)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:\(|function\b|[\w$]+\s*=>)/,
      },
      {
        kind: 'type',
        pattern:
          /^\s*(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:class|interface|enum)\s+(?<name>[\w$]+)/,
      },
      {
        kind: 'type',
        pattern: /^\s*(?:export\s+)?(?:declare\s+)?type\s+(?<name>[\w$]+)\s*(?:<[^=]*>)?\s*=/,
      },
      { kind: 'value', pattern: /^(?:export\s+)(?:const|let|var)\s+(?<name>[\w$]+)/ },
      {
        kind: 'method',
        pattern:
          /^\s+(?:(?:public|private|protected|static|override|async|get|set|readonly|abstract)\s+|\*\s*)*(?<name>#?[\w$]+)\s*(?:<[^>(]*>)?\((?!.*(?:=>|\bfunction\b.*)\s*\{\s*$)[^;]*\{\s*$/,
      },
    ],
    isExported: (_name, line) =>
      /^\s*export\b/.test(line) ||
      // A member, unless it hides; what a function defines inside is its own.
      /^\s+(?!\s|private|#|const\b|let\b|var\b|(?:async\s+)?function\b)/.test(line),
  },
  {
    fence: 'python',
    extensions: ['py', 'pyi'],
    comment: hash,
    definitions: [
      { kind: 'function', pattern: /^(?:async\s+)?def\s+(?<name>\w+)/ },
      { kind: 'method', pattern: /^\s+(?:async\s+)?def\s+(?<name>\w+)/ },
      { kind: 'type', pattern: /^\s*class\s+(?<name>\w+)/ },
      { kind: 'value', pattern: /^(?<name>[A-Z][A-Z0-9_]+)\s*(?::[^=]+)?=/ },
    ],
    isExported: (name) => !name.startsWith('_'),
  },
  {
    fence: 'go',
    extensions: ['go'],
    comment: slashes,
    definitions: [
      { kind: 'method', pattern: /^func\s+\([^)]*\)\s*(?<name>\w+)/ },
      { kind: 'function', pattern: /^func\s+(?<name>\w+)/ },
      { kind: 'type', pattern: /^type\s+(?<name>\w+)/ },
      { kind: 'value', pattern: /^(?:var|const)\s+(?<name>\w+)/ },
    ],
    isExported: (name) => /^[A-Z]/.test(name),
  },
  {
    fence: 'rust',
    extensions: ['rs'],
    comment: slashes,
    definitions: [
      {
        kind: 'function',
        pattern:
          /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:(?:async|const|unsafe|default|extern(?:\s+"[^"]*")?)\s+)*fn\s+(?<name>\w+)/,
      },
      {
        kind: 'type',
        pattern: /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|trait|union|type)\s+(?<name>\w+)/,
      },
      {
        kind: 'value',
        pattern: /^\s*(?:pub(?:\([^)]*\))?\s+)(?:const|static)\s+(?:mut\s+)?(?<name>\w+)/,
      },
      { kind: 'function', pattern: /^\s*macro_rules!\s*(?<name>\w+)/ },
    ],
    isExported: (_name, line) => /^\s*pub\b/.test(line),
  },
  {
    fence: 'java',
    extensions: ['java', 'kt', 'kts', 'scala', 'cs', 'swift', 'dart'],
    comment: slashes,
    definitions: [
      {
        kind: 'type',
        pattern:
          /^\s*(?:[\w@]+\s+)*(?:class|interface|enum|record|struct|object|trait|protocol)\s+(?<name>\w+)/,
      },
      {
        kind: 'function',
        pattern: /^\s*(?:\w+\s+)*(?:fun|func)\s+(?:<[^>]*>\s*)?(?:\w+\.)?(?<name>\w+)/,
      },
      {
        kind: 'method',
        pattern:
          /^\s*(?:(?:public|private|protected|internal|static|final|abstract|override|virtual|async|synchronized)\s+)+(?:[\w<>[\],.?]+\s+)?(?<name>\w+)\s*\(/,
      },
    ],
    isExported: (_name, line) => !/\bprivate\b/.test(line),
  },
  {
    fence: 'c',
    extensions: ['c', 'h', 'cc', 'cpp', 'cxx', 'hpp', 'hh', 'm', 'mm'],
    comment: slashes,
    definitions: [
      {
        kind: 'type',
        pattern: /^\s*(?:typedef\s+)?(?:struct|class|enum|union)\s+(?<name>\w+)\s*[:{]/,
      },
      {
        kind: 'function',
        pattern: /^[A-Za-z_][\w\s*&:<>,]*?[\s*&](?:\w+::)*(?<name>~?\w+)\s*\([^;]*$/,
      },
      { kind: 'value', pattern: /^#\s*define\s+(?<name>\w+)/ },
    ],
    isExported: (_name, line) => !/^\s*static\b/.test(line),
  },
  {
    fence: 'ruby',
    extensions: ['rb', 'rake', 'gemspec'],
    comment: hash,
    definitions: [
      { kind: 'method', pattern: /^\s*def\s+(?:self\.)?(?<name>\w+[?!=]?)/ },
      { kind: 'type', pattern: /^\s*(?:class|module)\s+(?<name>[\w:]+)/ },
    ],
    isExported: () => true,
  },
  {
    fence: 'php',
    extensions: ['php'],
    comment: /^\s*(\/\/|\/\*|\*|#)/,
    definitions: [
      {
        kind: 'function',
        pattern:
          /^\s*(?:(?:public|private|protected|static|final|abstract)\s+)*function\s+&?(?<name>\w+)/,
      },
      {
        kind: 'type',
        pattern: /^\s*(?:(?:abstract|final)\s+)?(?:class|interface|trait|enum)\s+(?<name>\w+)/,
      },
    ],
    isExported: (_name, line) => !/\bprivate\b/.test(line),
  },
  {
    fence: 'bash',
    extensions: ['sh', 'bash', 'zsh'],
    comment: hash,
    definitions: [
      { kind: 'function', pattern: /^\s*(?:function\s+)?(?<name>[\w-]+)\s*\(\)/ },
      { kind: 'function', pattern: /^\s*function\s+(?<name>[\w-]+)/ },
    ],
    isExported: () => true,
  },
  plain('yaml', ['yml', 'yaml'], hash),
  plain('toml', ['toml', 'ini', 'cfg'], hash),
  plain('json', ['json', 'jsonc'], slashes),
  plain('markdown', ['md', 'mdx', 'rst', 'adoc'], /^$/),
  plain('html', ['html', 'htm', 'xml'], /^\s*<!--/),
  plain('css', ['css', 'scss', 'less'], slashes),
  plain('sql', ['sql'], /^\s*--/),
]

function plain(fence: string, extensions: string[], comment: RegExp): Language {
  return { fence, extensions, comment, definitions: [], isExported: never }
}

export function languageOf(path: string): Language | undefined {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase()
  return extension === undefined
    ? undefined
    : rows.find((row) => row.extensions.includes(extension))
}

/** A source file that defines things, as opposed to data, prose and configuration. */
export function isCode(path: string): boolean {
  return (languageOf(path)?.definitions.length ?? 0) > 0
}

export function isTest(path: string): boolean {
  return /(^|\/)(tests?|__tests__|spec|specs|testing|testdata|fixtures?|__mocks__|e2e|benches)\/|[._](test|spec|e2e|suite)\.\w+$|_test\.\w+$|(^|\/)(test_[^/]*|conftest)\.py$|Tests?\.(java|kt|cs|swift)$/.test(
    path,
  )
}

/** A test by its own name, or in a directory of tests whose names need not say so; no fixture and no helper. */
export function holdsTests(path: string): boolean {
  if (!isTest(path) || !isCode(path)) return false
  return !/(^|\/)(fixtures?|testdata|support|helpers?|__mocks__|mocks?)\//.test(path)
}

/** A file pattern for ripgrep: files of the same language. */
export function filePatternOf(path: string): string | undefined {
  const extensions = languageOf(path)?.extensions
  if (!extensions) return undefined
  return extensions.length === 1 ? `*.${extensions[0]}` : `*.{${extensions.join(',')}}`
}

export function isProse(path: string): boolean {
  return (
    /\.(md|mdx|rst|txt|adoc)$/i.test(path) ||
    /(^|\/)(LICENSE|COPYING|NOTICE|AUTHORS|CHANGELOG|CHANGES)(\.\w+)?$/i.test(path)
  )
}

/** The line without the text of its strings and without a trailing comment, so that patterns meet code only. */
export function codeOnly(line: string, language: Language | undefined): string {
  if (language?.comment.test(line)) return ''
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, (quoted) => {
    const quote = quoted[0] as string
    return quote + quote
  })
  return language?.comment === hash
    ? bare.replace(/(^|\s)#.*$/, '')
    : bare.replace(/(^|\s)\/\/.*$/, '')
}
