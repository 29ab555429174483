/** The filtering proxy as a command meets it: real sockets, real servers on loopback. */
import { describe, expect, test } from 'bun:test'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openProxy } from '../../../../workers/sandbox/proxy/proxy.ts'
import { openHostQuestions } from '../../../../workers/sandbox/proxy/questions.ts'
import { certificate, certificateKey } from '../../../providers/certificate.ts'
import { openTcpServer } from '../../../support/tcp-server.ts'
import { openProxyBench } from './proxy-bench.ts'

const granted = 'HTTP/1.1 200 Connection established\r\n\r\n'

function echoServer() {
  return openTcpServer((socket) => socket.pipe(socket))
}

describe('CONNECT', () => {
  test('carries bytes both ways, and a half that ends leaves the other open', async () => {
    await using server = await openTcpServer((socket) => {
      const hash = createHash('sha256')
      socket.on('data', (chunk) => hash.update(chunk)).on('end', () => socket.end(hash.digest()))
    })
    await using bench = await openProxyBench({ allow: [`127.0.0.1:${server.port}`] })
    const client = await bench.connect()
    client.socket.write(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`)
    expect((await client.read(granted.length)).toString()).toBe(granted)
    const bytes = randomBytes(3_000_000)
    client.socket.end(bytes)
    expect(await client.rest()).toEqual(createHash('sha256').update(bytes).digest())
    expect(bench.proxy.refused()).toEqual([])
  })

  test('tells the host of an end before anything was said', async () => {
    await using server = await openTcpServer((socket) =>
      socket.resume().on('end', () => socket.end('bye')),
    )
    await using bench = await openProxyBench({ allow: [`127.0.0.1:${server.port}`] })
    const client = await bench.connect()
    client.socket.end(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`)
    expect((await client.rest()).toString()).toBe(`${granted}bye`)
    const patient = await bench.connect()
    patient.socket.write(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`)
    await patient.read(granted.length)
    patient.socket.end()
    expect((await patient.rest()).toString()).toBe('bye')
  })

  test('hands on what the client says before it hears of the connection', async () => {
    await using server = await echoServer()
    await using bench = await openProxyBench({ allow: [`localhost:${server.port}`] })
    const client = await bench.connect()
    client.socket.write(`CONNECT localhost:${server.port} HTTP/1.1\r\n\r\nearly`)
    expect((await client.read(granted.length + 5)).toString()).toBe(`${granted}early`)
  })

  test('lets a server speak first', async () => {
    await using server = await openTcpServer((socket) => socket.write('220 ready\r\n'))
    await using bench = await openProxyBench({ allow: [`127.0.0.1:${server.port}`] })
    const client = await bench.connect()
    client.socket.write(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`)
    const said = await client.read(granted.length + 11)
    expect(said.toString()).toBe(`${granted}220 ready\r\n`)
  })

  test('reads no more from a host than the command takes', async () => {
    let written = 0
    let blocked = () => {}
    const isBlocked = new Promise<void>((resolve) => {
      blocked = resolve
    })
    await using server = await openTcpServer((socket) => {
      const chunk = Buffer.alloc(1024 * 1024)
      const pour = () => {
        while (written < 512 && socket.write(chunk)) written++
        written++
        const before = written
        setTimeout(() => written === before && blocked(), 300)
      }
      socket.on('drain', pour)
      pour()
    })
    await using bench = await openProxyBench({ allow: [`127.0.0.1:${server.port}`] })
    const client = await bench.connect()
    client.socket.pause()
    client.socket.write(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`)
    await isBlocked
    expect(written).toBeLessThan(64)
  })

  test('says 502 where nothing listens', async () => {
    const server = await echoServer()
    const { port } = server
    await server[Symbol.asyncDispose]()
    await using bench = await openProxyBench({ allow: [`127.0.0.1:${port}`] })
    const said = await bench.say(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`)
    expect(said).toStartWith('HTTP/1.1 502')
    expect(said).toContain(`codi: cannot reach 127.0.0.1:${port}: nothing listens there`)
    expect(bench.proxy.refused()).toEqual([])
  })
})

describe('hosts', () => {
  test('that are private are refused without a question, in every notation', async () => {
    await using bench = await openProxyBench({ allow: ['*', '127.0.0.1', '10.0.0.1:81'] })
    const targets = [
      '127.0.0.1:80',
      'localhost:80',
      '0x7f.1:80',
      '2130706433:80',
      '017700000001:80',
      '[::1]:80',
      '[::ffff:127.0.0.1]:80',
      '[64:ff9b::7f00:1]:80',
      '[2002:7f00:1::]:80',
      '0.0.0.0:80',
      '10.0.0.1:80',
      '169.254.169.254:80',
      '[fd00:ec2::254]:80',
      '100.100.100.200:80',
      '192.168.1.1:443',
      '[fe80::1]:443',
      '224.0.0.1:80',
    ]
    for (const target of targets) {
      const said = await bench.say(`CONNECT ${target} HTTP/1.1\r\n\r\n`)
      expect(`${target} ${said}`).toContain(' HTTP/1.1 403')
      expect(said).toContain('codi: host not allowed')
    }
    expect(bench.events).toEqual([])
    expect(bench.proxy.refused().length).toBeGreaterThan(10)
  })

  test('that no rule names are asked for once, however many connections wait', async () => {
    await using bench = await openProxyBench()
    const asks = Array.from({ length: 5 }, () =>
      bench.say('CONNECT registry.example:443 HTTP/1.1\r\n\r\n'),
    )
    const socks = bench.say(
      Buffer.concat([
        Buffer.from([5, 1, 0, 5, 1, 0, 3, 16]),
        Buffer.from('registry.example'),
        Buffer.from([1, 187]),
      ]),
    )
    const event = await bench.event(0)
    expect(event).toMatchObject({
      type: 'host_question',
      command: 'call-1',
      host: 'registry.example',
      port: 443,
    })
    if (event.type === 'host_question')
      bench.questions.answer(event.id, { allow: false, reason: 'the user refused.' })
    for (const said of await Promise.all(asks)) expect(said).toStartWith('HTTP/1.1 403')
    expect(Buffer.from(await socks, 'latin1').subarray(0, 4)).toEqual(Buffer.from([5, 0, 5, 2]))
    expect(bench.events).toHaveLength(1)
    // Nothing is offered to ask for: it was asked for.
    expect(bench.proxy.refused()).toEqual([
      {
        host: 'registry.example',
        port: 443,
        reason: 'the user refused.',
      },
    ])
  })

  test('that were allowed go out by the proxy of the environment where there is one', async () => {
    const seen: string[] = []
    await using outer = await openTcpServer((socket) => {
      socket.once('data', (chunk) => {
        seen.push(chunk.toString())
        socket.write('HTTP/1.1 200 ok\r\n\r\nhello')
      })
    })
    const env = { HTTPS_PROXY: `http://user:pa%20ss@127.0.0.1:${outer.port}` }
    await using bench = await openProxyBench({ env })
    const client = await bench.connect()
    client.socket.write('CONNECT registry.invalid:443 HTTP/1.1\r\n\r\n')
    const event = await bench.event(0)
    if (event.type === 'host_question') bench.questions.answer(event.id, { allow: true })
    expect((await client.read(granted.length + 5)).toString()).toBe(`${granted}hello`)
    expect(seen[0]).toStartWith('CONNECT registry.invalid:443 HTTP/1.1\r\n')
    expect(seen[0]).toContain(`Basic ${Buffer.from('user:pa ss').toString('base64')}`)
  })

  test('are not asked for where the network is off: only the given one is open', async () => {
    await using server = await echoServer()
    await using bench = await openProxyBench({ network: 'off', host: `localhost:${server.port}` })
    expect(await bench.say('CONNECT other.example:443 HTTP/1.1\r\n\r\n')).toContain('HTTP/1.1 403')
    expect(bench.events).toEqual([])
    const client = await bench.connect()
    client.socket.write(`CONNECT localhost:${server.port} HTTP/1.1\r\n\r\n`)
    expect((await client.read(granted.length)).toString()).toBe(granted)
  })

  test('whose question nobody answered before the command ended are refused, and it is withdrawn', async () => {
    const bench = await openProxyBench()
    const client = await bench.connect()
    client.socket.write('CONNECT registry.example:443 HTTP/1.1\r\n\r\n')
    const asked = await bench.event(0)
    await bench.proxy.close()
    await client.ended
    expect(await bench.event(1)).toEqual({
      type: 'host_question_over',
      id: asked.type === 'host_question' ? asked.id : '',
    })
    await bench[Symbol.asyncDispose]()
  })
})

describe('a tunnel', () => {
  test('carries TLS for the host that was asked for', async () => {
    using server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: { cert: certificate, key: certificateKey },
      fetch: (request) => new Response(`hello ${new URL(request.url).hostname}`),
    })
    await using bench = await openProxyBench({ allow: [`localhost:${server.port}`] })
    const response = await fetch(`https://localhost:${server.port}/`, {
      proxy: `http://127.0.0.1:${await bench.relay()}`,
      tls: { ca: certificate },
      keepalive: false,
    })
    expect(await response.text()).toBe('hello localhost')
  })

  test('is cut where the ClientHello names another host', async () => {
    await using server = await echoServer()
    await using bench = await openProxyBench({ allow: [`localhost:${server.port}`] })
    const hello = clientHello('other.example')
    for (const pieces of [
      [hello],
      [hello.subarray(0, 3), hello.subarray(3, 60), hello.subarray(60)],
    ]) {
      const client = await bench.connect()
      client.socket.write(`CONNECT localhost:${server.port} HTTP/1.1\r\n\r\n`)
      await client.read(granted.length)
      for (const piece of pieces) client.socket.write(piece)
      expect((await client.rest()).length).toBe(0)
    }
    expect(bench.proxy.refused()[0]?.reason).toContain('asked for other.example')
  })

  test('is cut where a plain request names another host', async () => {
    await using server = await echoServer()
    await using bench = await openProxyBench({ allow: [`localhost:${server.port}`] })
    for (const request of [
      'GET / HTTP/1.1\r\nHost: other.example\r\n\r\n',
      'GET http://other.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET / HTTP/1.1\nhost:other.example\n\n',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`,
    ]) {
      const client = await bench.connect()
      client.socket.write(`CONNECT localhost:${server.port} HTTP/1.1\r\n\r\n${request}`)
      expect((await client.rest()).toString()).toBe(granted)
    }
    const client = await bench.connect()
    const own = `GET / HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`
    client.socket.write(`CONNECT localhost:${server.port} HTTP/1.1\r\n\r\n${own}`)
    expect((await client.read(granted.length + own.length)).toString()).toBe(granted + own)
  })
})

describe('a plain HTTP request', () => {
  test('is made anew for the host that its address names, one a connection', async () => {
    const seen: string[] = []
    await using server = await openTcpServer((socket) => {
      socket.once('data', (chunk) => {
        seen.push(chunk.toString())
        socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody')
      })
    })
    await using bench = await openProxyBench({ allow: [`127.0.0.1:${server.port}`] })
    const said = await bench.say(
      [
        `POST http://127.0.0.1:${server.port}/a?b=c HTTP/1.1`,
        'Host: elsewhere.example',
        'Proxy-Connection: keep-alive',
        'Proxy-Authorization: Basic secret',
        'X-Kept: yes',
        'Content-Length: 4',
        '',
        'data',
      ].join('\r\n'),
    )
    expect(said).toEndWith('body')
    expect(seen[0]).toBe(
      [
        'POST /a?b=c HTTP/1.1',
        `Host: 127.0.0.1:${server.port}`,
        'Connection: close',
        'X-Kept: yes',
        'Content-Length: 4',
        '',
        'data',
      ].join('\r\n'),
    )
  })

  test('may have a body that looks like a request itself', async () => {
    await using server = await openTcpServer((socket) => socket.pipe(socket))
    await using bench = await openProxyBench({ allow: [`127.0.0.1:${server.port}`] })
    const body = `GET http://other.example/ HTTP/1.1\r\n${'A'.repeat(100_000)}`
    const client = await bench.connect()
    client.socket.end(
      `POST http://127.0.0.1:${server.port}/ HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect((await client.rest()).toString()).toEndWith(body)
  })

  test('that is no proxy request is told so', async () => {
    await using bench = await openProxyBench()
    for (const request of [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET https://example.org/ HTTP/1.1\r\n\r\n',
      'CONNECT example.org HTTP/1.1\r\n\r\n',
      'CONNECT example.org:0 HTTP/1.1\r\n\r\n',
      'CONNECT example.org:99999 HTTP/1.1\r\n\r\n',
      'CONNECT a@b:443 HTTP/1.1\r\n\r\n',
      'CONNECT :443 HTTP/1.1\r\n\r\n',
      'GET http://a/ HTTP/1.1\r\nA: b\r\n folded\r\n\r\n',
      'nonsense\r\n\r\n',
    ]) {
      expect(await bench.say(request)).toStartWith('HTTP/1.1 400')
    }
    expect(bench.events).toEqual([])
  })

  test('leaves no connection behind, however often one is refused', async () => {
    await using bench = await openProxyBench()
    const socks = Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 80])
    for (let count = 0; count < 300; count++) {
      expect(await bench.say('CONNECT 10.0.0.1:1 HTTP/1.1\r\n\r\n')).toContain('403')
      expect((await bench.say(socks)).charCodeAt(3)).toBe(2)
    }
  })

  test('with a head that never ends is cut off', async () => {
    await using bench = await openProxyBench()
    expect(await bench.say(`GET http://a/${'a'.repeat(70_000)}`)).toBe('')
  })
})

describe('SOCKS', () => {
  test('5 connects by name and by address', async () => {
    await using server = await echoServer()
    await using bench = await openProxyBench({
      allow: [`localhost:${server.port}`, `127.0.0.1:${server.port}`],
    })
    const port = Buffer.from([server.port >> 8, server.port & 255])
    for (const address of [
      Buffer.concat([Buffer.from([3, 9]), Buffer.from('localhost')]),
      Buffer.from([1, 127, 0, 0, 1]),
    ]) {
      const client = await bench.connect()
      client.socket.write(Buffer.from([5, 2, 0, 2]))
      expect([...(await client.read(2))]).toEqual([5, 0])
      client.socket.write(Buffer.concat([Buffer.from([5, 1, 0]), address, port]))
      expect((await client.read(10))[1]).toBe(0)
      client.socket.write('ping')
      expect((await client.read(4)).toString()).toBe('ping')
    }
  })

  test('4 and 4a connect', async () => {
    await using server = await echoServer()
    await using bench = await openProxyBench({
      allow: [`localhost:${server.port}`, `127.0.0.1:${server.port}`],
    })
    const port = [server.port >> 8, server.port & 255]
    for (const request of [
      Buffer.from([4, 1, ...port, 127, 0, 0, 1, 0]),
      Buffer.concat([Buffer.from([4, 1, ...port, 0, 0, 0, 1]), Buffer.from('user\0localhost\0')]),
    ]) {
      const client = await bench.connect()
      client.socket.write(request)
      expect((await client.read(8))[1]).toBe(90)
      client.socket.write('ping')
      expect((await client.read(4)).toString()).toBe('ping')
    }
  })

  test('refuses what is private, what is no connection, and wrong authentication', async () => {
    await using bench = await openProxyBench()
    const reply = async (bytes: number[]) => [
      ...Buffer.from(await bench.say(Buffer.from(bytes)), 'latin1'),
    ]
    expect((await reply([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 80])).slice(0, 4)).toEqual([
      5, 0, 5, 2,
    ])
    expect((await reply([5, 1, 0, 5, 3, 0, 1, 8, 8, 8, 8, 0, 53])).slice(0, 4)).toEqual([
      5, 0, 5, 7,
    ])
    expect((await reply([5, 1, 0, 5, 2, 0, 1, 8, 8, 8, 8, 0, 53])).slice(0, 4)).toEqual([
      5, 0, 5, 7,
    ])
    expect(await reply([5, 1, 2])).toEqual([5, 255])
    expect((await reply([4, 1, 0, 80, 127, 0, 0, 1, 0])).slice(0, 2)).toEqual([0, 91])
  })
})

describe('the socket', () => {
  test('is private to the user and gone at the end', async () => {
    const bench = await openProxyBench()
    const { socketPath } = bench.proxy
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(socketPath))).mode & 0o777).toBe(0o700)
    await bench.proxy.close()
    expect(await Bun.file(socketPath).exists()).toBe(false)
    await bench[Symbol.asyncDispose]()
  })

  test('has a short path even where its directory has a long one', async () => {
    await using outer = await openProxyBench()
    const directory = join(outer.directory, 'd'.repeat(120))
    await mkdir(directory)
    await using bench = await openProxyBench({ directory })
    expect(Buffer.byteLength(bench.proxy.socketPath)).toBeLessThan(108)
    expect(await bench.say('nonsense\r\n\r\n')).toStartWith('HTTP/1.1 400')
  })

  test('of a codi that was killed goes after a day', async () => {
    await using outer = await openProxyBench()
    const dead = Bun.spawnSync(['true']).pid
    const [old, young, own] = [`net-${dead}-old`, `net-${dead}-new`, `net-${process.pid}-old`]
    for (const name of [old, young, own]) await mkdir(join(outer.directory, name))
    const before = new Date(Date.now() - 2 * 24 * 60 * 60_000)
    for (const name of [old, own]) await utimes(join(outer.directory, name), before, before)
    await using bench = await openProxyBench({ directory: outer.directory })
    const left = await readdir(outer.directory)
    expect(left).not.toContain(old)
    expect(left).toContain(young)
    expect(left).toContain(own)
    expect(bench.proxy.socketPath).toStartWith(outer.directory)
  })

  test('is not opened where the command has no network, or all of it', async () => {
    const options = {
      directory: '/nowhere',
      id: 'x',
      env: {},
      questions: openHostQuestions(() => {}),
    }
    for (const network of ['off', 'on'] as const) {
      expect(
        await openProxy({ ...options, policy: { network, allowedHosts: ['a'] } }),
      ).toBeUndefined()
    }
  })
})

/** A ClientHello of the smallest kind. */
function clientHello(name: string): Buffer {
  const u16 = (value: number) => Buffer.from([value >> 8, value & 255])
  const sized = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes])
  const host = Buffer.concat([Buffer.from([0]), sized(Buffer.from(name))])
  const grease = Buffer.concat([u16(0x0a0a), sized(Buffer.alloc(1))])
  const extensions = Buffer.concat([grease, u16(0), sized(sized(host))])
  const body = Buffer.concat([
    u16(0x0303),
    randomBytes(32),
    Buffer.from([0]),
    sized(u16(0x1301)),
    Buffer.from([1, 0]),
    sized(extensions),
  ])
  const message = Buffer.concat([Buffer.from([1, 0]), sized(body)])
  return Buffer.concat([Buffer.from([0x16]), u16(0x0301), sized(message)])
}
