/**
 * The system's keyring (Secret Service on Linux, Keychain on macOS) by @napi-rs/keyring, loaded on first use. Never the
 * kernel's keyring, which forgets at reboot. Whatever it does has a time limit: a locked one may wait for a person.
 */
import { settledWithin } from '../base/async.ts'
import { CodiError, errorMessage } from '../base/errors.ts'
import { sessionBusAnswers } from './session-bus.ts'

export interface Keyring {
  get(name: string): Promise<string | undefined>
  set(name: string, secret: string): Promise<void>
  remove(name: string): Promise<void>
}

/** Long enough for a person to unlock it. */
const limitMs = 60_000
/** A service that answers does so at once; one that asks a person to unlock it may take longer. */
const probeLimitMs = 15_000

export function openKeyring(service: string): Keyring {
  async function entry(name: string) {
    if (process.platform === 'linux' && !(await sessionBusAnswers(process.env)))
      throw new Error('the D-Bus of the session does not answer')
    const { AsyncEntry } = await import('@napi-rs/keyring')
    return new AsyncEntry(service, name, { linux: { store: 'secret-service' } })
  }
  return {
    async get(name) {
      const found = await limited('read', async () => (await entry(name)).getPassword())
      return found ?? undefined
    },
    set: (name, secret) => limited('keep', async () => (await entry(name)).setPassword(secret)),
    async remove(name) {
      await limited('remove', async () => (await entry(name)).deletePassword())
    },
  }
}

/** Why it cannot be used here; undefined where a scratch entry was written, read back and removed. */
export async function probeKeyring(keyring: Keyring): Promise<string | undefined> {
  const name = `probe-${randomHex(6)}`
  const secret = randomHex(12)
  const probe = (async () => {
    await keyring.set(name, secret)
    const back = await keyring.get(name)
    await keyring.remove(name)
    return back === secret ? undefined : 'it does not give back what it was given'
  })()
  // Settled too late, it must not become an unhandled rejection.
  probe.catch(() => undefined)
  if (!(await settledWithin(probe, probeLimitMs))) return 'it did not answer in time'
  return probe.catch((thrown) => errorMessage(thrown))
}

function randomHex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex()
}

async function limited<T>(what: string, work: () => Promise<T>): Promise<T> {
  const running = work()
  running.catch(() => undefined)
  if (!(await settledWithin(running, limitMs)))
    throw new CodiError(
      'credentials',
      `The keyring did not ${what} the credential in time; unlock it and try again`,
    )
  try {
    return await running
  } catch (thrown) {
    throw new CodiError('credentials', `The keyring did not ${what}: ${errorMessage(thrown)}`, {
      cause: thrown,
    })
  }
}
