/**
 * Entry of a thread that gives up its rights for good and then starts commands, which inherit what is left: Landlock and
 * seccomp hold for the thread that asked for them and for what it starts, never for the rest of codi. What it may do
 * comes as plain data from workers/sandbox/confine/thread.ts.
 */
import type { ConfinedReply, ConfinedRequest } from '../src/contract/confined-thread.ts'
import { confineThread } from './confined/thread.ts'

const running = globalThis as unknown as {
  postMessage(reply: ConfinedReply): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

running.addEventListener('message', ({ data }: MessageEvent<ConfinedRequest>) => answer(data))
running.postMessage({ reply: 'hello' })

function answer(request: ConfinedRequest): void {
  if (request.ask === 'confine') {
    const reason = confineThread(request)
    running.postMessage(
      reason === undefined ? { reply: 'confined' } : { reply: 'refused', id: request.id, reason },
    )
    return
  }
  try {
    const { argv, cwd, env, stdio, detached } = request
    const child = Bun.spawn(argv, { cwd, env, stdio, detached })
    running.postMessage({ reply: 'started', id: request.id, pid: child.pid })
    void child.exited.then(() =>
      running.postMessage({
        reply: 'ended',
        id: request.id,
        exitCode: child.exitCode,
        signal: child.signalCode === null ? null : String(child.signalCode),
      }),
    )
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    running.postMessage({ reply: 'refused', id: request.id, reason })
  }
}
