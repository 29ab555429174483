/** What a question wants, and of what: read from its words. */
import { looksLikeDiff } from '../diff.ts'
import { languageOf } from '../languages.ts'
import { stem, topicWords } from '../words.ts'
import { type Intent, intentPatterns } from './intents.ts'

export interface Question {
  intent: Intent
  text: string
  /** What the verb is about: `X` of "who calls X". */
  target: string
  /** The second of two that the question puts together; '' without one. */
  other: string
  /** Identifiers as written. */
  names: string[]
  paths: { path: string; line: number | undefined }[]
  /** Texts in quotes. */
  quoted: string[]
  /** Topic words and their stems, index by index. */
  words: string[]
  stems: string[]
  /** How, or where, something is done: code that does it is meant, and no type. */
  asksForDoing: boolean
  wantsTests: boolean
  wantsConfiguration: boolean
  wantsDocs: boolean
}

export function readQuestion(text: string, stdin: string | undefined): Question {
  const plain = text.replace(/\s+/g, ' ').trim()
  const matched = match(plain)
  const target = cleanTarget(matched.target)
  const paths = pathsIn(plain)
  const names = readNames(
    plain,
    paths.map((row) => row.path),
  )
  const quoted = [...plain.matchAll(/"([^"]{3,})"|“([^”]{3,})”|(?:^|\s)'([^']{3,})'/g)].map(
    (found) => (found[1] ?? found[2] ?? found[3]) as string,
  )
  const intent = intentOf(matched.intent, plain, stdin)
  const words = topicWords(paths.reduce((rest, row) => rest.replace(row.path, ' '), plain))
  return {
    intent,
    text: plain,
    target,
    other: cleanTarget(matched.other),
    names,
    paths,
    quoted,
    words,
    stems: words.map(stem),
    asksForDoing: intent === 'how' || doing.test(plain),
    wantsTests: /\b(tests?|tested|testing|specs?|fixtures?|mocks?)\b/i.test(plain),
    wantsConfiguration:
      /\b(config\w*|settings?|options?|defaults?|env(ironment)?|variables?|flags?|set)\b/i.test(
        plain,
      ),
    wantsDocs: /\b(docs?|documentation|documented|readme|changelog|guide)\b/i.test(plain),
  }
}

/** "Where are retries handled", "where does it read the settings"; not "where is the Session type". */
const doing =
  /\b(where|which (function|method|code))\b.*(\b(is|are|was|were|gets?)\b.*\b(\w{2,}ed|built|made|sent|read|written|found|kept|run|set|shown|drawn|taken|chosen|thrown|caught|split|cut|put)\b|\b(does|do)\b)/i

function match(plain: string): { intent: Intent; target: string; other: string } {
  for (const [intent, pattern] of intentPatterns) {
    const found = pattern.exec(plain)
    if (found)
      return { intent, target: found.groups?.target ?? '', other: found.groups?.other ?? '' }
  }
  return { intent: 'where', target: plain, other: '' }
}

const failure =
  /\b(\w*(Error|Exception)\b|panicked at|Traceback|FATAL|fatal:|error(\[\w+\]|:)|segfault|core dumped|undefined (reference|symbol)|cannot find|No such file|ECONN\w+|ENOENT|exit (code|status) [1-9])/

function intentOf(found: Intent, plain: string, stdin: string | undefined): Intent {
  if (stdin !== undefined && looksLikeDiff(stdin)) return 'diff'
  if (stdin !== undefined && failure.test(stdin)) return 'error'
  if (/\n?\s*at .+:\d+:\d+\)?|File "[^"]+", line \d+|panicked at/.test(plain)) return 'error'
  if (/^(?:\w+\.)*\w*(?:Error|Exception): \S/.test(plain)) return 'error'
  return found
}

function cleanTarget(text: string): string {
  return text
    .trim()
    .replace(/[?.!]+$/, '')
    .replace(
      /^(?:the|a|an|this|that|our|my|function|method|class|type|interface|file|module|symbol|struct|variable|constant)\s+/gi,
      '',
    )
    .replace(/^(?:the|function|method|class|type|interface|file|module|symbol|struct)\s+/i, '')
    .replace(
      /\s+(?:function|method|class|type|interface|file|module|symbol|struct|variable|constant)$/i,
      '',
    )
    .replace(/\s+(?:in|from|of) (?:this|the) (?:project|repo(?:sitory)?|code ?base|code)$/i, '')
    .replace(/^[`'"]+|[`'"]+$/g, '')
    .replace(/\(\)$/, '')
    .trim()
}

const bareFiles =
  /^(Makefile|Dockerfile|Jenkinsfile|Rakefile|Gemfile|LICENSE|README|CMakeLists\.txt|\.\w[\w.-]*rc|\.gitignore|\.env)$/

export function pathsIn(plain: string): Question['paths'] {
  return [
    ...plain.matchAll(
      /(?<![\w:/])(?:`?)((?:\.{0,2}\/)?[\w@.+-]+(?:\/[\w@.+\-[\]]+)*\/?)(?::(\d+))?/g,
    ),
  ].flatMap((found) => {
    const path = (found[1] as string).replace(/[.,]$/, '')
    const inDirectory =
      path.includes('/') && /\w/.test(path) && !/^(and|or|either|his|s)\/|^\w\/\w$/.test(path)
    const known =
      languageOf(path) !== undefined && /^[\w@.+/-]+\.\w+$/.test(path) && !/^(e\.g|i\.e)/.test(path)
    if (!inDirectory && !known && !bareFiles.test(path)) return []
    return [
      {
        path: path.replace(/^\.\//, ''),
        line: found[2] === undefined ? undefined : Number(found[2]),
      },
    ]
  })
}

function readNames(plain: string, paths: string[]): string[] {
  const rest = paths.reduce((text, path) => text.replace(path, ' '), plain)
  const ticked = [...rest.matchAll(/`([^`\s]+)`/g)].map((found) => found[1] as string)
  const shaped = [...rest.matchAll(/[A-Za-z_$][\w$]*(?:(?:::|\.|#|->)[A-Za-z_$][\w$]*)*(?:\(\))?/g)]
    .map((found) => found[0])
    .filter(looksLikeName)
  return [...new Set([...ticked, ...shaped].map((name) => name.replace(/\(.*\)$/, '')))].filter(
    (name) => name !== '' && name.length < 120,
  )
}

/** Spelled as no word of a sentence is. */
export function looksLikeName(token: string): boolean {
  if (/^(e\.g|i\.e|vs\.?)/i.test(token)) return false
  return (
    token.endsWith('()') ||
    /[a-z\d][A-Z]/.test(token) ||
    /[A-Za-z\d]_[A-Za-z\d]/.test(token) ||
    /^_\w|^\$\w/.test(token) ||
    /\w(::|#|->)\w/.test(token) ||
    /^[A-Za-z]\w+\.[a-z]\w+$/.test(token)
  )
}
