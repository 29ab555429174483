/** Programs that run with codi's own streams and terminal: their signals pass through, codi only waits. */
import { sendSignal } from '../../src/base/signal.ts'
import type {
  AttachRequest,
  AttachResult,
  Blocked,
  PassedSignal,
} from '../../src/contract/sandbox-service.ts'
import type { CommandStart } from './confine/command.ts'
import type { Confiner } from './confine/confiner.ts'

export interface Attached {
  run(
    request: AttachRequest,
    options: { signal?: AbortSignal | undefined; copied?: CommandStart['copied'] },
  ): Promise<AttachResult>
  signal(request: { id: string; signal: PassedSignal }): void
}

/** Between SIGTERM and SIGKILL, for a program that is to end. */
const termGraceMs = 2000

export function openAttached(confiner: Confiner): Attached {
  const running = new Map<string, number>()

  const run: Attached['run'] = async (request, { signal, copied }) => {
    const child = await confiner.start({
      ...request,
      stdin: 'inherit',
      output: request.toStderr ? 'stderr' : 'inherit',
      ...(copied ? { copied } : {}),
    })
    running.set(request.id, child.pid)
    let killing: Timer | undefined
    const end = () => {
      sendSignal(child.pid, 'SIGTERM')
      killing = setTimeout(() => sendSignal(child.pid, child.endSignal), termGraceMs)
    }
    signal?.addEventListener('abort', end, { once: true })
    if (signal?.aborted) end()
    await child.exited
    signal?.removeEventListener('abort', end)
    clearTimeout(killing)
    running.delete(request.id)
    const { failure, warnings, blocked } = await child.finish('')
    return {
      exitCode: child.exitCode,
      signal: child.signal,
      ...(failure === undefined ? {} : { failure }),
      warnings: [...warnings, ...refusedHosts(blocked)],
    }
  }

  return {
    run,
    signal({ id, signal }) {
      const pid = running.get(id)
      if (pid !== undefined) sendSignal(pid, signal)
    },
  }
}

/** The program mostly tells of a proxy that said no, and not why. */
function refusedHosts(blocked: readonly Blocked[]): string[] {
  const hosts = new Set(
    blocked.flatMap(({ what, subject }) => (what === 'network' ? [subject] : [])),
  )
  return [...hosts].flatMap((host) =>
    host === undefined
      ? []
      : [`${host} was refused: codi policy add --allow --host ${host}, or --net for all hosts`],
  )
}
