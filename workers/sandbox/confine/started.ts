/** A command that was started: what its owner sees of it, and what is told about it at its end. */
import type { Blocked } from '../../../src/contract/sandbox-service.ts'
import type { CommandCapture } from '../changes/command-capture.ts'
import type { CommandProxy } from '../proxy/proxy.ts'
import type { Backend, Confined, Ending } from './backend.ts'
import type { CommandStart, Finished, Started } from './command.ts'
import { findBlocked } from './denials.ts'
import type { Plan } from './plan.ts'
import type { Watch } from './watch.ts'

/** What is let go of, or asked, when it has ended. */
export interface Held {
  command: CommandStart
  backend: Backend
  plan?: Plan
  proxy?: CommandProxy | undefined
  watch?: Watch | undefined
  capture?: CommandCapture | undefined
}

export function started(
  child: Confined,
  { command, backend, plan, proxy, watch, capture }: Held,
): Started {
  let ending: Ending = { warnings: [] }
  const exited = child.exited.then(() => {
    ending = child.ending?.() ?? ending
  })
  const end = () => ({
    exitCode: ending.signal !== undefined ? null : (ending.exitCode ?? child.exitCode),
    signal: ending.signal ?? (ending.exitCode === undefined ? child.signalCode : null),
  })
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    get exitCode() {
      return end().exitCode
    },
    get signal() {
      return end().signal
    },
    endsWithAll: backend.endsWithAll,
    endSignal: child.ending ? 'SIGPWR' : 'SIGKILL',
    get leftovers() {
      return ending.leftovers ?? 0
    },
    ...(capture ? { capture: capture.state } : {}),
    async finish(output): Promise<Finished> {
      const judged = await judge(output)
      return { ...judged, ...(capture ? { capture: await capture.finish(ending) } : {}) }
    },
  }

  async function judge(output: string): Promise<Finished> {
    const refused = (proxy?.refused() ?? []).map(
      ({ host, port, reason, ask }): Blocked => ({
        what: 'network',
        subject: host,
        text: `reaching ${host}:${port}: ${reason}${ask === undefined ? '' : `; call again with escalate {host: "${ask}", reason} to ask for it`}`,
      }),
    )
    await proxy?.close()
    const warnings = [...ending.warnings, ...(watch?.restore() ?? [])]
    if (ending.failure !== undefined) {
      const text = `the command did not run: ${ending.failure}`
      return { failure: ending.failure, blocked: [{ what: 'call', text }], warnings }
    }
    if (!plan) return { blocked: [], warnings }
    const { exitCode, signal } = end()
    const found = findBlocked({
      output,
      exitCode,
      signal,
      cwd: command.cwd,
      plan,
      mounts: backend.ownTmp,
      hosts: backend.ownNetwork,
    })
    const isTold = (blocked: Blocked) =>
      blocked.what !== 'network' || refused.every(({ subject }) => subject !== blocked.subject)
    return { blocked: [...refused, ...found.filter(isTold)], warnings }
  }
}
