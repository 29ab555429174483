/** What crosses between the sandbox worker and a thread that gave up its rights and starts commands. Plain data only. */

export type ConfinedRequest =
  | ({ ask: 'confine'; id: number } & ThreadRules)
  | {
      ask: 'start'
      id: number
      argv: string[]
      cwd: string
      env: Record<string, string>
      stdio: ['ignore' | 'inherit' | number, 'inherit' | number, 'inherit' | number]
      detached: boolean
    }

export type ConfinedReply =
  | { reply: 'hello' }
  | { reply: 'confined' }
  | { reply: 'refused'; id: number; reason: string }
  | { reply: 'started'; id: number; pid: number }
  | { reply: 'ended'; id: number; exitCode: number | null; signal: string | null }

export interface ThreadRules {
  calls: ThreadCalls
  /** `struct landlock_ruleset_attr` as three numbers; those that the kernel does not know are 0. */
  handled: [files: bigint, network: bigint, scopes: bigint]
  /** Bytes of the attribute that this kernel's Landlock knows. */
  attributeBytes: number
  rules: { path: string; rights: bigint; fileRights: bigint }[]
  /** `struct sock_filter[]`. */
  filter: Uint8Array
}

/** Numbers of system calls on this machine. */
export interface ThreadCalls {
  capset: number
  landlockCreate: number
  landlockAdd: number
  landlockRestrict: number
}
