/**
 * Rules about commands, paths, hosts and tools, and what they say of a command line. A rule file is
 * `{ "rules": [ PolicyRule … ] }` in JSON with comments.
 */

export type RuleDecision = 'allow' | 'ask' | 'deny'

/** What a rule is about: exactly one of `prefix`, `category`, `path`, `host`, `tool`. */
export interface PolicyRule {
  /** First words of a simple command; a list inside means any of its words: `["npm", ["test", "t"]]`. */
  prefix?: readonly (string | readonly string[])[]
  /** A built-in category of commands: `run-tests`, `git-safe` … */
  category?: string
  /** Glob over absolute paths or, relative, over paths of the project; `~` is the home directory. */
  path?: string
  /** Host name, `*.example.org`, or with a port `localhost:4873`. */
  host?: string
  /** Name of a tool; `mcp_server_*` is a glob. */
  tool?: string
  /** Of a rule about paths: which effect; both where it is absent. */
  effect?: 'read' | 'write'
  decision: RuleDecision
  /** For the person and the model: why. */
  reason?: string
  /** Commands (paths, hosts, tools) that the rule must match, checked when it is loaded. */
  match?: readonly string[]
  notMatch?: readonly string[]
  /** Absolute directory: the rule holds only in that project. Only in the user's own file. */
  project?: string
}

export type RuleScope = 'project' | 'user'

/** A rule that would be stored, as a person is shown it. */
export interface RuleOffer {
  rule: PolicyRule
  /** In words: `allow commands that start with npm test`. */
  text: string
  /** The file it would be stored in, by scope. */
  files: Record<RuleScope, string>
  /** For each scope that is offered: what would stand in its file, a line a rule; a command line may need several. */
  lines: Partial<Record<RuleScope, readonly string[]>>
}

export type Risk = 'none' | 'low' | 'medium' | 'high'

/** What the exec policy says of one shell text. */
export interface CommandVerdict {
  decision: RuleDecision
  /** A person is asked in every mode, and no rule is offered. */
  dangerous: boolean
  risk: Risk
  /** One sentence: what decides. */
  reason: string
  /** Name of what decided: a rule as it is written, a row of the built-in table, `unparsed`, `default`. */
  rule: string
  /** The simple commands found in the text, quotes removed, in order; wrappers and what they run are both there. */
  commands: string[][]
  /** True where the text writes to a file by redirection. */
  redirects: boolean
  /** Token prefixes that, allowed, would let this text run without a question; empty where none is offered. */
  remember: string[][]
  /** Built-in categories of its commands, each once. */
  categories: string[]
  /** True where every part only reads: it may run where nothing is writable. */
  readsOnly: boolean
}
