/**
 * A process of its own that uses a store of credentials: `bun store-process.ts DIRECTORY ACTION [NAME] [VALUE]`, where an
 * action is `set`, `token`, `remove`, `passphrase`, `list`, or `probe`. It prints what it got, or what went wrong.
 */
import { openCredentials } from '../../src/auth/credentials.ts'
import { openKeyring, probeKeyring } from '../../src/auth/keyring.ts'
import { errorMessage } from '../../src/base/errors.ts'

const [directory = '', action = '', name = '', value = ''] = process.argv.slice(2)
const places: Record<string, 'auto' | 'keyring'> = { auto: 'auto', keyring: 'keyring' }
const credentials = openCredentials({
  directory,
  place: places[process.env.CODI_CREDENTIAL_STORE ?? ''] ?? 'file',
  passphrase: process.env.CODI_PASSPHRASE,
  fetch: (url, init) => fetch(url, init),
  notice: (text) => console.error(text),
})
const actions: Record<string, () => Promise<unknown>> = {
  set: () => credentials.set(name, { kind: 'key', key: value }),
  token: () => credentials.accessToken(name),
  remove: () => credentials.remove(name),
  passphrase: () => credentials.setPassphrase(name),
  list: () => credentials.list(),
  probe: async () => (await probeKeyring(openKeyring('codi test'))) ?? 'works',
}
const done = await actions[action]?.().catch((thrown) => `failed: ${errorMessage(thrown)}`)
console.log(typeof done === 'string' ? done : JSON.stringify(done))
