/** What a question wants, and of what: read from its words by a table of patterns, the first that fits. */
import { looksLikeDiff } from '../diff.ts'
import { languageOf } from '../languages.ts'
import { stem, topicWords } from '../words.ts'

export type Intent =
  | 'greeting'
  | 'task'
  | 'overview'
  | 'run'
  | 'diff'
  | 'error'
  | 'callers'
  | 'show'
  | 'list'
  | 'explain'
  | 'how'
  | 'where'

export interface Question {
  intent: Intent
  text: string
  /** What the verb is about: `X` of "who calls X". */
  target: string
  /** Identifiers as written. */
  names: string[]
  paths: { path: string; line: number | undefined }[]
  /** Texts in quotes. */
  quoted: string[]
  /** Topic words and their stems, index by index. */
  words: string[]
  stems: string[]
  wantsTests: boolean
  wantsConfiguration: boolean
  wantsDocs: boolean
}

const patterns: [Intent, RegExp][] = [
  [
    'greeting',
    /^(hi|hello|hey|yo|good (morning|evening|day)|thanks?( you)?|thx|help|test|ping)[\s!.?,]*(there|codi)?[\s!.?]*$/i,
  ],
  [
    'greeting',
    /^(who|what) are you\b|^what('s| is) your name|\bwhat can (you|codi|i) (do|ask)|^how are you\b|^are you (an? )?(ai|model|llm|human)/i,
  ],
  [
    'overview',
    /\b(what (is|does)|explain|describe|summari[sz]e|overview of|tell me about|understand)\s+(this|the|our|that)\s*(whole |entire )?(project|repo(sitory)?|code ?base|program|app(lication)?|code|directory|folder)\b(\s+(do|for|about))?\s*[.?!]*$/i,
  ],
  [
    'overview',
    /^(what is this|what's this|overview|architecture|(what('s| is) the |describe the )?(project |code |overall )?(structure|architecture|layout)( of (this|the) \w+)?|where (do|should|to) (i )?(start|begin)\b.*|give me (an|a) (overview|tour).*)[\s?.!]*$/i,
  ],
  [
    'run',
    /\bhow (do|can|should|to)\b.*\b(run|start|build|compile|install|test|lint|set ?up|deploy|launch)\b/i,
  ],
  ['run', /^(what|which) (commands?|scripts?) .*\b(run|build|test|start)/i],
  [
    'callers',
    /\b(?:what|who|which \w+|anything|anyone|where)\s+(?:else\s+)?(?:calls?|uses?|imports?|references?|invokes?|depends? on|extends?|implements?)\s+(?<target>.+)$/i,
  ],
  [
    'callers',
    /\bwhere (?:is|are|do we|does it|do they)\s+(?:the\s+)?(?<target>.+?)\s+(?:being\s+)?(?:used|called|referenced|invoked|imported|instantiated|call|use)\b/i,
  ],
  [
    'callers',
    /\b(?:callers?|usages?|uses|references|call sites?|users|importers|dependents) (?:of|to|for)\s+(?<target>.+)$/i,
  ],
  [
    'callers',
    /\b(?:which|what)\s+(?:\w+\s+)?(?:files?|functions?|code|modules?|places?)\s+(?:call|use|import|reference|depend on|invoke)s?\s+(?<target>.+)$/i,
  ],
  [
    'show',
    /^(?:please\s+)?(?:show|cat|print|open|display|view)\s+(?:me\s+)?(?:the\s+)?(?:source (?:code )?(?:of|for) |body of |code (?:of|for) |contents? of |file |function |class |method )?(?<target>`[^`]+`|[\w$./:#\\-]+(?:\(\))?)\s*[.!]*$/i,
  ],
  ['list', /^(?:please\s+)?(?:list|enumerate)\b\s*(?:all\s+)?(?:the\s+)?(?<target>.*)$/i],
  ['list', /\b(?:which|what) (?:[\w.]+ )?files\b(?<target>.*)$/i],
  ['list', /^(?:find|show)\s+(?:me\s+)?(?:all|every)\b(?<target>.*)$/i],
  [
    'how',
    /\bhow (?:does|do|is|are|did|can|would|was|were)\s+(?:the\s+)?(?<target>.+?)\s*(?:\b(?:work|works|working|implemented|done|handled|built|made|organi[sz]ed)\b.*)?[?.!]*$/i,
  ],
  ['how', /^(?:why|when)\b(?<target>.*)$/i],
  [
    'explain',
    /^(?:please\s+)?(?:can you\s+|could you\s+)?(?:explain|describe|summari[sz]e|document)\s+(?:to me\s+)?(?:what\s+|how\s+)?(?:the\s+)?(?<target>.+?)(?:\s+(?:does|is|works?|do|means?))?[?.!]*$/i,
  ],
  [
    'explain',
    /^what(?:'s|\s+(?:is|are|does|do))\s+(?:the\s+|an?\s+)?(?<target>.+?)(?:\s+(?:do|for|mean|about|used for))?[?.!]*$/i,
  ],
  ['explain', /^(?:tell me about|what about)\s+(?:the\s+)?(?<target>.+?)[?.!]*$/i],
  [
    'task',
    /^(?:please\s+|can you\s+|could you\s+|would you\s+|now\s+|help me\s+|i want you to\s+|i need you to\s+|let's\s+)*(?:write|add|implement|create|fix|refactor|rename|change|update|delete|remove|translate|generate|make|build|convert|migrate|optimi[sz]e|improve|rewrite|move|replace|upgrade|port|clean up|simplify|extract|insert|format|document|test|debug|install|run|execute|commit|push|deploy|bump|revert|undo)\b/i,
  ],
]

export function readQuestion(text: string, stdin: string | undefined): Question {
  const plain = text.replace(/\s+/g, ' ').trim()
  const matched = match(plain)
  const target = cleanTarget(matched.target)
  const paths = readPaths(plain)
  const names = readNames(
    plain,
    paths.map((row) => row.path),
  )
  const quoted = [...plain.matchAll(/"([^"]{3,})"|“([^”]{3,})”|(?:^|\s)'([^']{3,})'/g)].map(
    (found) => (found[1] ?? found[2] ?? found[3]) as string,
  )
  const words = topicWords(paths.reduce((rest, row) => rest.replace(row.path, ' '), plain))
  return {
    intent: intentOf(matched.intent, plain, stdin),
    text: plain,
    target,
    names,
    paths,
    quoted,
    words,
    stems: words.map(stem),
    wantsTests: /\b(tests?|tested|testing|specs?|fixtures?|mocks?)\b/i.test(plain),
    wantsConfiguration:
      /\b(config\w*|settings?|options?|defaults?|env(ironment)?|variables?|flags?|set)\b/i.test(
        plain,
      ),
    wantsDocs: /\b(docs?|documentation|documented|readme|changelog|guide)\b/i.test(plain),
  }
}

function match(plain: string): { intent: Intent; target: string } {
  for (const [intent, pattern] of patterns) {
    const found = pattern.exec(plain)
    if (found) return { intent, target: found.groups?.target ?? '' }
  }
  return { intent: 'where', target: plain }
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

function readPaths(plain: string): Question['paths'] {
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
