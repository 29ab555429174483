/**
 * Whether the D-Bus of the session answers at all. The keyring's library connects to it on the main thread and waits for
 * ever for one that does not: nothing would go on, not even the way to Ctrl+C. So it is greeted first, with a time limit.
 */
import type { Environment } from '../base/outgoing-proxy.ts'

const limitMs = 5000

/** False where something listens there and says nothing; what is not there fails by itself, at once. */
export function sessionBusAnswers(env: Environment, waitMs = limitMs): Promise<boolean> {
  const path = socketPath(env)
  if (path === undefined) return Promise.resolve(true)
  return new Promise((resolve) => {
    // Loaded by those few who ask.
    const socket = process.getBuiltinModule('node:net').connect(path)
    const timer = setTimeout(() => settle(false), waitMs)
    const settle = (answers: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answers)
    }
    socket.once('error', () => settle(true))
    socket.once('data', () => settle(true))
    socket.once('close', () => settle(true))
    // The D-Bus specification, "Authentication Protocol": a NUL, then a line, which is answered by a line.
    socket.once('connect', () => socket.write('\0AUTH\r\n'))
  })
}

/** Of the first address; those that are no path are left to the library. */
function socketPath(env: Environment): string | undefined {
  const [address = ''] = (env.DBUS_SESSION_BUS_ADDRESS ?? '').split(';')
  if (address === '') return env.XDG_RUNTIME_DIR ? `${env.XDG_RUNTIME_DIR}/bus` : undefined
  const path = /^unix:(?:.*,)?path=([^,]+)/.exec(address)?.[1]
  const abstract = /^unix:(?:.*,)?abstract=([^,]+)/.exec(address)?.[1]
  return path ?? (abstract === undefined ? undefined : `\0${abstract}`)
}
