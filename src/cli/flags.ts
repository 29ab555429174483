/**
 * The table of flags. Parsing, help, completion and the docs come from it; a flag that is not here does not exist.
 */
import { recipeRows } from '../app/recipes/rows.ts'
import { modes } from '../contract/permission.ts'
import { importPrograms } from '../contract/session-transfer.ts'
import { usageGroupings } from '../contract/usage.ts'

export interface FlagRow {
  name: string
  short?: string
  /** Placeholder of its value; without it the flag is a switch. */
  value?: string
  /** The value may be left out (`--resume`, `--resume=ID`, `--resume ID` when ID looks like one). */
  optional?: RegExp
  /** May be given several times. */
  repeat?: boolean
  choices?: readonly string[]
  summary: string
  /** Only for these commands; undefined: for every run of the model. */
  commands?: readonly string[]
  hidden?: boolean
}

const recipeFlags: readonly FlagRow[] = Object.values(recipeRows).flatMap((row) =>
  row.flags.map((flag) => ({ ...flag, commands: [row.name] })),
)
const codeCommands = [
  'search',
  'symbols',
  'refs',
  'outline',
  'index',
  'diagnostics',
  'lsp',
  'map',
  'impact',
  'graph',
] as const
const jsonCommands = [
  'context',
  ...codeCommands,
  'sessions',
  'fork',
  'export',
  'import',
  'status',
  'models',
  'usage',
  'config',
  'auth',
  'policy',
  'tool',
  'apply-patch',
  'debug',
  'sandbox',
  'try',
  'trust',
  'audit',
  'memory',
  'plan',
] as const

export const flagRows: readonly FlagRow[] = [
  {
    name: 'provider',
    short: 'p',
    value: 'NAME',
    summary: 'anthropic, openai, ollama, builtin, a host …',
  },
  { name: 'model', short: 'm', value: 'NAME', summary: 'model, or provider/model' },
  { name: 'base-url', value: 'URL', summary: "base URL of the model's host" },
  { name: 'prompt', short: 'P', value: 'TEXT', summary: 'the prompt, as a flag' },
  {
    name: 'output-format',
    short: 'f',
    value: 'FORMAT',
    choices: ['text', 'json', 'jsonl', 'sarif', 'md', 'html'],
    summary:
      'text, json (one object), jsonl (one event a line); review also sarif; export: md, html, json',
  },
  { name: 'output', short: 'o', value: 'FILE', summary: 'also write the answer to FILE' },
  {
    name: 'output-schema',
    value: 'FILE',
    summary: 'the answer must be JSON that fits this JSON Schema',
  },
  { name: 'quiet', short: 'q', summary: 'nothing but the answer and errors' },
  { name: 'verbose', summary: 'calls and progress on stderr, also without a terminal' },
  { name: 'interactive', short: 'i', summary: 'start the REPL; a prompt is its first line' },
  { name: 'yes', short: 'y', summary: 'same as --mode auto; dangerous commands still ask' },
  {
    name: 'mode',
    value: 'MODE',
    choices: modes,
    summary: 'plan (reads only), ask, edit (edits free), auto (free inside the sandbox)',
  },
  {
    name: 'sandbox',
    value: 'MODE',
    choices: ['read-only', 'workspace', 'off'],
    summary: 'what commands may write: read-only (nothing), workspace, off (no sandbox)',
  },
  {
    name: 'add-dir',
    value: 'DIR',
    repeat: true,
    summary: 'another directory that tools may touch',
  },
  { name: 'cwd', short: 'C', value: 'DIR', summary: 'work in DIR' },
  { name: 'session', short: 's', value: 'ID', summary: 'go on with this session' },
  {
    name: 'resume',
    value: 'ID',
    optional: /^(?:\d{8}-|last$)/,
    summary: "go on with a session, this directory's newest by default",
  },
  { name: 'continue', short: 'c', summary: "go on with this directory's newest session" },
  { name: 'fork', summary: 'with --resume, -s or -c: go on with a copy of the session' },
  { name: 'ephemeral', summary: 'keep nothing of the conversation' },
  { name: 'audit', summary: 'write everything that happens to an audit log' },
  { name: 'image', value: 'FILE', repeat: true, summary: 'add an image to the prompt' },
  { name: 'file', value: 'FILE', repeat: true, summary: 'add a text file to the prompt' },
  {
    name: 'effort',
    value: 'LEVEL',
    choices: ['low', 'medium', 'high'],
    summary: 'how long the model may think: low, medium, high',
  },
  { name: 'max-turns', value: 'N', summary: 'stop after N model requests' },
  { name: 'max-cost', value: 'USD', summary: 'stop when the run has cost this much' },
  { name: 'timeout', value: 'SECONDS', summary: 'stop after this time' },
  {
    name: 'goal',
    summary: 'the prompt is a goal: go on until it is done, blocked, or these limits are reached',
  },
  { name: 'no-tools', summary: 'the model gets no tools' },
  { name: 'tools', value: 'LIST', summary: 'only these tools, separated by commas' },
  { name: 'no-index', summary: 'no index of the code, and no tools that need it' },
  {
    name: 'context-window',
    value: 'TOKENS',
    summary: "the model's window, where codi does not know it",
  },
  { name: 'system-prompt', value: 'TEXT', summary: "replaces codi's system prompt" },
  { name: 'append-system-prompt', value: 'TEXT', summary: 'added to the system prompt' },
  {
    name: 'color',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    summary: 'colours: auto, always, never',
  },
  { name: 'version', summary: 'print the version' },
  { name: 'help', short: 'h', summary: 'this help; also `codi COMMAND --help`' },

  ...recipeFlags,
  { name: 'json', commands: jsonCommands, summary: 'one JSON value on stdout' },
  {
    name: 'limit',
    short: 'k',
    value: 'N',
    commands: ['search', 'symbols', 'refs', 'impact', 'graph', 'sessions'],
    summary: 'at most N results',
  },
  {
    name: 'path',
    value: 'DIR',
    commands: ['search', 'refs', 'impact', 'graph'],
    summary: 'only below DIR; of impact and graph: what is defined there',
  },
  {
    name: 'defined-in',
    value: 'FILE',
    commands: ['refs'],
    summary: 'only uses of what FILE defines',
  },
  {
    name: 'depth',
    value: 'N',
    commands: ['impact', 'graph'],
    summary: 'steps that are followed (impact 2, graph 1, inherits 10)',
  },
  {
    name: 'direction',
    value: 'WHICH',
    choices: ['both', 'callers', 'callees', 'imports', 'imported_by', 'ancestors', 'descendants'],
    commands: ['graph'],
    summary: 'callers, callees; imports, imported_by; ancestors, descendants; both',
  },
  { name: 'external', commands: ['graph'], summary: 'also packages from outside' },
  {
    name: 'tokens',
    value: 'N',
    commands: ['map', 'outline'],
    summary: 'how long the map may be (1500)',
  },
  {
    name: 'focus',
    value: 'NAME',
    repeat: true,
    commands: ['map', 'outline'],
    summary: 'a file or symbol: what is near it comes first',
  },
  { name: 'lang', value: 'LANGUAGE', commands: ['search'], summary: 'only this language' },
  {
    name: 'batch',
    commands: ['search'],
    summary: 'one {id, query} a line on stdin, one {id, results} a line back',
  },
  {
    name: 'name',
    value: 'NAME',
    commands: ['symbols'],
    summary: 'only symbols of this name; Class.method works',
  },
  { name: 'fuzzy', commands: ['symbols'], summary: 'also names like --name' },
  {
    name: 'kind',
    value: 'KINDS',
    commands: ['symbols'],
    summary: 'only these kinds, separated by commas: function, class …',
  },
  { name: 'exported', commands: ['symbols'], summary: 'only what is seen from outside' },
  { name: 'status', commands: ['index'], summary: 'what is indexed and what was left out' },
  { name: 'rebuild', commands: ['index'], summary: 'forget the index and build it anew' },
  {
    name: 'wait',
    value: 'SECONDS',
    commands: ['diagnostics', 'lsp'],
    summary: 'how long a server may take (60)',
  },
  {
    name: 'fail-on',
    value: 'LEVEL',
    choices: ['info', 'warning', 'error'],
    commands: ['diagnostics'],
    summary: 'exit 7 also for problems of this level: info, warning',
  },
  {
    name: 'workspace',
    value: 'DIR',
    commands: ['sandbox'],
    summary: 'run: the directory that CMD may write (here)',
  },
  {
    name: 'write',
    value: 'DIR',
    repeat: true,
    commands: ['sandbox'],
    summary: 'run: another directory that CMD may write',
  },
  { name: 'net', commands: ['sandbox'], summary: 'run: with the network as it is' },
  { name: 'read-only', commands: ['sandbox'], summary: 'run: nothing is writable but /tmp' },
  { name: 'apply', commands: ['lsp'], summary: 'rename: make the change, not only show it' },
  { name: 'allow', commands: ['policy'], summary: 'add: a rule that allows (default)' },
  {
    name: 'ask',
    commands: ['policy'],
    summary: 'add: a rule that asks, also where the mode would not',
  },
  { name: 'deny', commands: ['policy'], summary: 'add: a rule that forbids' },
  { name: 'project', commands: ['policy'], summary: 'add, import: only in this project' },
  {
    name: 'category',
    value: 'NAME',
    commands: ['policy'],
    summary: 'add: commands of a category; codi policy explain lists them',
  },
  {
    name: 'path',
    value: 'GLOB',
    commands: ['policy'],
    summary: 'add: files; * and ** are wildcards',
  },
  {
    name: 'effect',
    value: 'EFFECT',
    choices: ['read', 'write'],
    commands: ['policy'],
    summary: 'add --path: only reading or only writing',
  },
  {
    name: 'host',
    value: 'HOST',
    commands: ['policy'],
    summary: 'add: requests to example.org, *.example.org, localhost:8080',
  },
  {
    name: 'tool',
    value: 'NAME',
    commands: ['policy'],
    summary: 'add: calls of a tool; * is a wildcard',
  },
  {
    name: 'reason',
    value: 'TEXT',
    commands: ['policy'],
    summary: 'add: why, for you and the model',
  },
  {
    name: 'rules',
    value: 'FILE',
    commands: ['policy'],
    summary: 'check: by the rules of FILE alone',
  },
  { name: 'apply', commands: ['try'], summary: 'apply what CMD changes (also -y), unasked' },
  { name: 'discard', commands: ['try'], summary: 'throw away what CMD changes, unasked' },
  { name: 'diff', commands: ['try'], summary: 'the whole diff on stdout' },
  { name: 'all', commands: ['try'], summary: 'list: of every directory; discard: all of this one' },
  { name: 'apply', commands: ['policy'], summary: 'import: store the rules, not only show them' },
  { name: 'project', commands: ['memory'], summary: 'of this project' },
  { name: 'user', commands: ['memory'], summary: 'of you, in every project' },
  { name: 'category', value: 'NAME', commands: ['memory'], summary: 'add: what it is about' },
  {
    name: 'since',
    value: 'WHEN',
    commands: ['usage'],
    summary: 'from 7d, 2w, 12h, today, month, 2026-11-01 … on',
  },
  {
    name: 'until',
    value: 'WHEN',
    commands: ['usage'],
    summary: 'up to and with a day or month; reset: only what is before',
  },
  {
    name: 'by',
    value: 'WHAT',
    choices: usageGroupings,
    commands: ['usage'],
    summary: 'day, week, month, model, provider, project, session, step, purpose',
  },
  { name: 'csv', commands: ['usage'], summary: 'a line a request; with --by, a group' },
  { name: 'project', commands: ['usage'], summary: 'only this project' },
  { name: 'path', value: 'DIR', commands: ['usage'], summary: 'only projects in or below DIR' },
  { name: 'prices', commands: ['models'], summary: 'every price that is in force, with its date' },
  { name: 'all', commands: ['sessions', 'resume', 'import'], summary: 'of every directory' },
  { name: 'archived', commands: ['sessions'], summary: 'only what was archived; prune: that, too' },
  {
    name: 'older-than',
    value: 'DAYS',
    commands: ['sessions'],
    summary: 'prune: unused for so long',
  },
  {
    name: 'to-size',
    value: 'MB',
    commands: ['sessions'],
    summary: 'prune: the oldest, until the rest is this small',
  },
  { name: 'named', commands: ['sessions'], summary: 'prune: also what has a name' },
  { name: 'at', value: 'N', commands: ['fork'], summary: 'the copy ends before prompt N' },
  {
    name: 'from',
    value: 'PROGRAM',
    choices: importPrograms,
    commands: ['import'],
    summary: 'sessions of claude, codex, pi, codi (the earlier one)',
  },
  { name: 'dry-run', commands: ['import'], summary: 'only show what would be imported' },
  { name: 'dry-run', commands: ['sessions'], summary: 'prune: only show what would go' },
  { name: 'all', commands: ['logout'], summary: 'of every provider' },
  { name: 'key', commands: ['login'], summary: 'paste a key, or pipe it in' },
  { name: 'browser', commands: ['login'], summary: 'log in by a browser' },
  {
    name: 'device',
    commands: ['login'],
    summary: 'log in by a code typed into a browser anywhere',
  },
  { name: 'no-verify', commands: ['login'], summary: 'keep the key without asking the provider' },
  {
    name: 'passphrase',
    commands: ['login'],
    summary: 'set a passphrase; from then on logins lie in a file under it',
  },
  { name: 'list', commands: ['tool'], summary: 'list the tools' },
  { name: 'list', commands: ['trust'], summary: 'every trusted directory' },
  { name: 'remove', commands: ['trust'], summary: 'trust the directory no longer' },
  { name: 'show', commands: ['config'], summary: 'every setting and where it comes from' },
  { name: 'self-test', hidden: true, summary: 'check every part of this executable' },
]
