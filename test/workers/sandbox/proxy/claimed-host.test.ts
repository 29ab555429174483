/** What a connection says of itself in its first bytes, in whatever pieces they come. */
import { describe, expect, test } from 'bun:test'
import { createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import fc from 'fast-check'
import { claimedHost } from '../../../../workers/sandbox/proxy/claimed-host.ts'
import { portOf } from '../../../support/tcp-server.ts'

/** The first bytes that a real TLS client sends. */
async function realHello(servername: string): Promise<Buffer> {
  const first = Promise.withResolvers<Buffer>()
  const server = createServer((socket) => {
    socket.once('data', first.resolve)
    socket.on('error', () => {})
  })
  const client = connectTls({ port: await portOf(server), host: '127.0.0.1', servername })
  client.on('error', () => {})
  const hello = await first.promise
  client.destroy()
  server.close()
  return hello
}

describe('the claim of a connection', () => {
  test('is the server name of a real client, told as soon as its message is whole', async () => {
    const hello = await realHello('registry.example')
    expect(claimedHost(hello)).toEqual({ host: 'registry.example' })
    for (let length = 0; length < hello.length; length += 7)
      expect(claimedHost(hello.subarray(0, length))).toBe('more')
  })

  test('is found where the message is spread over records', async () => {
    const hello = await realHello('registry.example')
    const body = hello.subarray(5)
    const records: Buffer[] = []
    for (let start = 0; start < body.length; start += 50) {
      const part = body.subarray(start, start + 50)
      records.push(Buffer.from([0x16, 3, 1, 0, part.length]), part)
    }
    expect(claimedHost(Buffer.concat(records))).toEqual({ host: 'registry.example' })
    const early = Buffer.from([0x14, 3, 3, 0, 1, 1, 0x17, 3, 3, 0, 1, 0])
    expect(claimedHost(Buffer.concat([hello, early]))).toEqual({ host: 'registry.example' })
  })

  test('is none in other protocols, without waiting for more', () => {
    for (const text of [
      'SSH-2.0-x',
      'EHLO me\r\n',
      'PRI * HTTP/2.0\r\n\r\n',
      '\0\0\0',
      'git-upload',
      '\x16\x03\x01\0\x01\x02',
    ])
      expect(`${text} ${claimedHost(Buffer.from(text, 'latin1'))}`).toBe(`${text} undefined`)
    for (const text of ['', 'G', 'GET /', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a'])
      expect(`${text} ${claimedHost(Buffer.from(text))}`).toBe(`${text} more`)
  })

  test('never throws, whatever is changed in it', async () => {
    const hello = await realHello('registry.example')
    const change = fc.tuple(fc.nat(hello.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(hello.length), (changes, length) => {
        const bytes = Buffer.from(hello.subarray(0, length))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const claim = claimedHost(bytes)
        expect(claim === undefined || claim === 'more' || typeof claim.host === 'string').toBe(true)
      }),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        claimedHost(Buffer.from(bytes))
      }),
      { numRuns: 2000 },
    )
  })
})
