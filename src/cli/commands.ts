/** The table of commands: help, completion and dispatch are derived from it. */
import { recipeRows } from '../app/recipes/rows.ts'

export interface CommandRow {
  name: string
  /** What follows the name. */
  usage: string
  summary: string
  group: 'recipe' | 'code' | 'state' | 'setup' | 'script'
  /** More words than these are refused; undefined: any number. */
  maxWords?: number
  /** What the first word can be, where it is one of a few; for completion. */
  firstWords?: readonly string[]
  /** Sentences for the help of this command alone. */
  notes?: readonly string[]
  examples?: readonly string[]
  /** Asks no model, so that a host that is down cannot stop it. */
  withoutModel?: true
}

export const commandRows: readonly CommandRow[] = [
  ...Object.values(recipeRows).map((row) => ({ ...row, group: 'recipe' as const })),
  {
    name: 'search',
    usage: 'QUERY',
    group: 'code',
    summary: 'search the code by meaning and words',
    examples: [
      'codi search "retry with backoff" -k 5',
      'codi search --json --path src "parse config"',
    ],
  },
  {
    name: 'symbols',
    usage: '[PATH …] [--name NAME]',
    group: 'code',
    summary: 'list definitions, of paths or of a name',
    examples: [
      'codi symbols --name parse --fuzzy',
      'codi symbols src --kind class,interface --exported --json',
    ],
  },
  {
    name: 'refs',
    maxWords: 1,
    usage: 'NAME | FILE:LINE',
    group: 'code',
    summary: 'where a name is used, and by what',
    examples: [
      'codi refs openApp',
      'codi refs Store.close --path src',
      'codi refs src/store.ts:close',
      'codi refs close --defined-in src',
    ],
  },
  {
    name: 'outline',
    maxWords: 1,
    usage: 'FILE | DIR',
    group: 'code',
    summary: 'the definitions of a file, in order; of a directory its map',
    examples: ['codi outline src/main.ts', 'codi outline src --tokens 500'],
  },
  {
    name: 'map',
    maxWords: 1,
    usage: '[DIR]',
    group: 'code',
    summary: 'the most important files and definitions on one page',
    examples: ['codi map --tokens 3000', 'codi map src --focus openStore --json'],
  },
  {
    name: 'impact',
    maxWords: 1,
    usage: 'NAME | FILE | FILE:LINE',
    group: 'code',
    summary: 'what a change reaches: callers and importers, step by step, and tests',
    examples: [
      'codi impact Store.close',
      'codi impact src/store.ts:42',
      'codi impact src/store.ts --depth 3',
    ],
  },
  {
    name: 'graph',
    maxWords: 2,
    usage: 'calls NAME | imports FILE | inherits NAME',
    firstWords: ['calls', 'imports', 'inherits'],
    group: 'code',
    summary: 'who calls, imports or inherits what',
    examples: [
      'codi graph calls openStore --direction callers --depth 2',
      'codi graph imports src/store.ts --external',
      'codi graph inherits Provider',
    ],
  },
  {
    name: 'diagnostics',
    usage: '[FILE | DIR …]',
    group: 'code',
    summary: 'what language servers find, in what changed by default; exit 1 on errors',
    examples: ['codi diagnostics', 'codi diagnostics src --fail-on warning --json'],
  },
  {
    name: 'lsp',
    maxWords: 3,
    usage: 'definition|references|hover|… FILE:LINE:COLUMN | NAME',
    firstWords: [
      'definition',
      'implementation',
      'references',
      'hover',
      'symbols',
      'calls',
      'actions',
      'rename',
      'status',
    ],
    group: 'code',
    summary: 'ask a language server; codi help lsp shows every question',
    examples: [
      'codi lsp definition src/main.ts:10:5',
      'codi lsp implementation Store',
      'codi lsp references parseConfig --json',
      'codi lsp hover src/main.ts:10:5',
      'codi lsp symbols src/main.ts',
      'codi lsp calls parseConfig',
      'codi lsp actions src/main.ts:10:5',
      'codi lsp rename parseConfig readConfig --apply',
      'codi lsp status',
    ],
  },
  {
    name: 'index',
    maxWords: 0,
    usage: '[--status | --rebuild]',
    group: 'code',
    summary: 'bring the index of this directory up to date',
    examples: ['codi index --status', 'codi index -y'],
  },
  {
    name: 'sessions',
    withoutModel: true,
    maxWords: 2,
    usage: '[list | show ID | delete ID]',
    firstWords: ['list', 'show', 'delete'],
    group: 'state',
    summary: 'conversations that were kept',
  },
  {
    name: 'resume',
    maxWords: 1,
    usage: '[ID]',
    group: 'state',
    summary: "go on with a session in the REPL, this directory's newest by default",
  },
  {
    name: 'status',
    maxWords: 0,
    usage: '',
    group: 'state',
    summary: 'model, mode, index, and what confines commands here',
  },
  {
    name: 'models',
    maxWords: 2,
    usage: '[pull NAME]',
    firstWords: ['pull'],
    group: 'setup',
    summary: 'the models that can be used now; pull downloads one to Ollama',
    examples: ['codi models pull qwen3-coder'],
  },
  {
    name: 'config',
    maxWords: 0,
    usage: '[--show]',
    group: 'setup',
    summary: 'settings, their values and where each comes from',
  },
  {
    name: 'sandbox',
    withoutModel: true,
    usage: 'run [FLAGS] -- CMD [ARG …] | explain',
    firstWords: ['run', 'explain'],
    group: 'setup',
    summary: 'run a program in the sandbox of commands; say what holds here',
    notes: [
      'Streams, terminal and signals are passed through. Exit status: that of CMD, 128 + n after signal n;',
      '125: the sandbox could not be set up, 126: CMD cannot be run, 127: there is no CMD.',
      'explain: what confines commands on this machine, what is open, what was tried.',
    ],
    examples: [
      'codi sandbox run -- npm test',
      'codi sandbox run --net --write ../cache -- make install',
      'codi sandbox run --read-only -- bash',
      'codi sandbox explain --json',
    ],
  },
  {
    name: 'completion',
    maxWords: 1,
    usage: 'bash|zsh|fish',
    firstWords: ['bash', 'zsh', 'fish'],
    group: 'setup',
    summary: 'print a completion script',
    examples: ['codi completion bash > ~/.local/share/bash-completion/completions/codi'],
  },
  {
    name: 'login',
    usage: '[PROVIDER]',
    group: 'setup',
    summary: 'keep the key of a provider, or log in by browser or device code',
    examples: [
      'codi login openai',
      'codi login anthropic < key.txt',
      'codi login openrouter --browser',
      'codi login --passphrase',
    ],
  },
  {
    name: 'logout',
    maxWords: 1,
    usage: '[PROVIDER]',
    group: 'setup',
    summary: 'forget a credential, and have its tokens revoked',
    examples: ['codi logout openai', 'codi logout --all'],
  },
  {
    name: 'auth',
    maxWords: 1,
    usage: '[status | import]',
    firstWords: ['status', 'import'],
    group: 'setup',
    summary: 'which credentials there are; keep those of the environment',
    notes: [
      'status: name, kind and place of each, never a secret. import: asks first; -y does not.',
    ],
    examples: ['codi auth status --json', 'codi auth import -y'],
  },
  {
    name: 'policy',
    usage: '[list | add | remove | check | explain | import] …',
    firstWords: ['list', 'add', 'remove', 'check', 'explain', 'import'],
    group: 'setup',
    summary: 'rules about commands, files and hosts; what they say of a command',
    withoutModel: true,
    notes: [
      'list: the rules that hold here. add, remove: store one, take one out (by number or words).',
      'check: the verdict on a shell text. explain: how decisions come about; of a command, why.',
      'import: rules of codex, claude or opencode, shown first; --apply stores them.',
      'Words that begin with - need -- before the words: codi policy add --deny -- git push --force',
    ],
    examples: [
      "codi policy check --json -- 'git push && npm test'",
      'codi policy explain npm install',
      'codi policy add --allow npm run build',
      "codi policy add --deny --path 'secrets/**' --reason 'customer data'",
      'codi policy add --ask --project --host api.example.org',
      'codi policy remove npm run build',
      'codi policy import claude --apply',
    ],
  },
  {
    name: 'trust',
    maxWords: 1,
    usage: '[DIR]',
    group: 'setup',
    summary: 'show what a repository brings that would loosen something, and trust it',
    notes: ['What it brings counts only after that, and no longer when a byte of it changes.'],
    examples: ['codi trust', 'codi trust -y', 'codi trust --list', 'codi trust --remove'],
  },
  {
    name: 'audit',
    maxWords: 2,
    usage: '[list | verify [FILE | SESSION]]',
    firstWords: ['list', 'verify'],
    group: 'state',
    summary: 'audit logs (--audit), and whether they are as they were written',
    notes: ['verify: every log, or one; names the lines that were touched, and exits with 1.'],
    examples: ['codi --audit "fix the test"', 'codi audit verify'],
  },
  {
    name: 'help',
    maxWords: 1,
    usage: '[COMMAND]',
    group: 'setup',
    summary: 'this help, or that of one command',
  },
  {
    name: 'tool',
    withoutModel: true,
    maxWords: 2,
    usage: 'NAME [JSON]',
    group: 'script',
    summary: 'run one tool; its arguments as JSON here or on stdin',
    examples: ['codi tool grep \'{"pattern":"TODO"}\'', 'codi tool --list --json'],
  },
  {
    name: 'apply-patch',
    withoutModel: true,
    maxWords: 1,
    usage: '[PATCH]',
    group: 'script',
    summary: 'apply a patch, all or nothing',
  },
  {
    name: 'debug',
    usage: 'prompt [PROMPT] | decode',
    firstWords: ['prompt', 'decode'],
    group: 'script',
    summary: 'print what would be sent; decode a recorded response (--provider)',
    examples: ['codi debug prompt "hello"', 'codi debug decode --provider anthropic < body.txt'],
  },
]
