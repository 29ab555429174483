/** Addresses that a name or a notation hides. Nothing here asks a resolver that is not on this machine. */
import { expect, test } from 'bun:test'
import { checkedAddresses } from '../../src/base/checked-address.ts'
import { hostName } from '../../src/base/host-rule.ts'

const check = (host: string, rules: readonly string[] = ['*']) =>
  checkedAddresses({ host: hostName(host) ?? '', port: 80 }, { rules })

test.each([
  ...['localhost', 'localhost.', 'a.localhost', 'metadata.google.internal.', 'instance-data'],
  ...['127.1', '0', '0x7f.1', '0177.0.0.1', '2130706433', '①②⑦.⓪.⓪.①', '127。0。0。1'],
  ...['[::]', '[::ffff:7f00:1]', '[64:ff9b::a9fe:a9fe]', '[2002:7f00:1::]', '[64:ff9b:1::1]'],
])('%s is not reached by a wildcard, whoever could resolve it', async (host) => {
  await expect(check(host)).rejects.toMatchObject({ kind: 'outside' })
})

test('a rule that names host and port opens it', async () => {
  expect(await check('127.0.0.1', ['127.0.0.1:80'])).toEqual(['127.0.0.1'])
  await expect(check('127.0.0.1', ['127.0.0.1:81'])).rejects.toMatchObject({ kind: 'outside' })
})

test('a resolver is waited for no longer than the caller wants', async () => {
  const signal = AbortSignal.abort()
  await expect(
    checkedAddresses({ host: 'example.org', port: 80 }, { rules: [], signal }),
  ).rejects.toThrow()
})
