/**
 * A process of its own that uses a store of credentials:
 * `bun store-process.ts DIRECTORY set NAME KEY | token NAME`; a `token` says what it got, or what went wrong.
 */
import { openCredentials } from '../../src/auth/credentials.ts'
import { errorMessage } from '../../src/base/errors.ts'

const [directory = '', action, name = '', key = ''] = process.argv.slice(2)
const credentials = openCredentials({
  directory,
  place: 'file',
  fetch: (url, init) => fetch(url, init),
  notice: (text) => console.error(text),
})
if (action === 'set') await credentials.set(name, { kind: 'key', key })
else
  console.log(
    await credentials.accessToken(name).catch((thrown) => `failed: ${errorMessage(thrown)}`),
  )
