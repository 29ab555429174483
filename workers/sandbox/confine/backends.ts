/** The ways to confine a command, the strongest first, and which of them holds on this machine. */
import type { SandboxState } from '../../../src/contract/sandbox-service.ts'
import { type Backend, type Promised, promises } from './backend.ts'
import { openBubblewrap } from './bubblewrap.ts'
import { openHelper, openWeakHelper } from './helper-backend.ts'
import type { Lifeline } from './lifeline.ts'
import { openPlain } from './plain.ts'
import { tryBackend } from './probe.ts'
import { openSeatbelt } from './seatbelt.ts'
import { openThread } from './thread.ts'

export function allBackends(lifeline: Lifeline | undefined): Backend[] {
  return [
    openHelper(lifeline),
    openWeakHelper(lifeline),
    openThread(),
    openBubblewrap(),
    openSeatbelt(),
  ]
}

export interface Choice {
  backend: Backend
  state: SandboxState
}

/** Tries one after the other, for real; the last resort is none. */
export async function chooseBackend(
  backends: readonly Backend[],
  { temporary, lifeline }: { temporary: string; lifeline: Lifeline | undefined },
): Promise<Choice> {
  const tried: SandboxState['tried'] = []
  for (const backend of backends) {
    const started = performance.now()
    const { reason, notified } = await tryBackend(backend, temporary)
    const ms = Math.round((performance.now() - started) * 10) / 10
    tried.push({ backend: backend.name, works: reason === undefined, note: reason ?? '', ms })
    if (reason === undefined) return { backend, state: stateOf(backend, tried, notified) }
    await backend.close?.()
  }
  const plain = openPlain(lifeline)
  return { backend: plain, state: stateOf(plain, tried) }
}

/** `notified`: its trial was told of each change; else why not. */
export function stateOf(
  backend: Backend,
  tried: SandboxState['tried'],
  notified: true | string = 'commands are not confined, so nothing is told before a change',
): SandboxState {
  const names = Object.keys(promises) as Promised[]
  return {
    backend: backend.name,
    holds: backend.holds,
    ownTmp: backend.ownTmp,
    ownNetwork: backend.ownNetwork,
    guarantees: names.map((name) => {
      const gap = backend.gaps[name]
      return {
        name: promises[name],
        held: gap === undefined,
        note: gap ?? backend.remarks?.[name] ?? '',
      }
    }),
    capture: notified === true ? { by: 'notify', note: '' } : { by: 'scan', note: notified },
    overlay: { works: false, note: '' },
    tried,
  }
}
