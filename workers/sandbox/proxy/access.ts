/** Which hosts one command may reach: by rule, by what it was given, or by an answer, asked for once a host. */
import { isIP } from 'node:net'
import { checkedAddresses } from '../../../src/base/checked-address.ts'
import { CodiError } from '../../../src/base/errors.ts'
import { type HostPort, hostText, matchesHost } from '../../../src/base/host-rule.ts'
import { addressKind } from '../../../src/base/ip-address.ts'
import { isLoopback } from '../../../src/base/outgoing-proxy.ts'
import type { HostAnswer, SandboxPolicy } from '../../../src/contract/sandbox-service.ts'
import type { HostQuestions } from './questions.ts'

export interface HostAccess {
  /** The addresses to connect to. Throws a CodiError: `denied`, `outside`, `unreachable`. */
  addresses(target: HostPort): Promise<readonly string[]>
  refused(): RefusedHost[]
  /** Notes a refusal that was found later, in what the connection carries. */
  refuse(target: HostPort, reason: string, ask?: string): void
}

export interface RefusedHost {
  host: string
  port: number
  /** One sentence. */
  reason: string
  /** What may be asked for to open it; absent where that would not. */
  ask?: string
}

export interface HostAccessOptions {
  /** The id of the CommandRequest. */
  id: string
  policy: Pick<SandboxPolicy, 'network' | 'allowedHosts'>
  /** One more host, given to this command alone. */
  host?: string | undefined
  questions: HostQuestions
  signal: AbortSignal
  /** True where a proxy leads out: it may know a name that is not known here. */
  resolvesElsewhere(target: HostPort): boolean
}

/** A private network can be opened by a rule with its port; what is on this machine is reached without the proxy. */
function isNetwork({ host }: HostPort): boolean {
  const kind = addressKind(host)
  return kind === undefined ? !isLoopback(host) : kind === 'private'
}

/** More than these are refused but not told: a command that tries thousands. */
const maxRefused = 100

export function openHostAccess(options: HostAccessOptions): HostAccess {
  const { policy, questions, signal } = options
  const rules = [...policy.allowedHosts, ...(options.host === undefined ? [] : [options.host])]
  const answers = new Map<string, Promise<HostAnswer>>()
  const refusals = new Map<string, RefusedHost>()

  function answerTo(target: HostPort): Promise<HostAnswer> {
    if (rules.some((rule) => matchesHost(rule, target))) return Promise.resolve({ allow: true })
    if (policy.network !== 'ask') return Promise.resolve({ allow: false })
    const key = hostText(target)
    const known = answers.get(key)
    if (known) return known
    const answer = questions.ask({ command: options.id, ...target }, signal)
    answers.set(key, answer)
    return answer
  }

  function refuse(target: HostPort, reason: string, ask?: string): void {
    const key = hostText(target)
    if (refusals.size >= maxRefused && !refusals.has(key)) return
    refusals.set(key, { ...target, reason, ...(ask === undefined ? {} : { ask }) })
  }

  async function resolve(target: HostPort): Promise<readonly string[]> {
    try {
      return await checkedAddresses(target, { rules, signal })
    } catch (thrown) {
      if (!(thrown instanceof CodiError)) throw thrown
      if (thrown.kind === 'outside')
        refuse(target, thrown.message, isNetwork(target) ? hostText(target) : undefined)
      if (thrown.kind === 'unreachable' && options.resolvesElsewhere(target)) return []
      throw thrown
    }
  }

  return {
    async addresses(target) {
      // A yes could not open what is private, so that nobody is asked for it.
      if (isIP(target.host) || isLoopback(target.host)) await resolve(target)
      // A name tells something to whoever resolves it: any other is resolved only once it is allowed.
      const answer = await answerTo(target)
      if (answer.allow) return resolve(target)
      // What was asked for once is not offered again: a second question would get the same answer.
      const asked = policy.network === 'ask'
      const reason = asked
        ? (answer.reason ?? `${hostText(target)} was asked for and not allowed`)
        : `${hostText(target)} is not among the hosts that this command may reach`
      refuse(target, reason, asked ? undefined : target.host)
      throw new CodiError('denied', reason)
    },
    refused: () => [...refusals.values()],
    refuse,
  }
}
