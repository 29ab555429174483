/** Pages from a real server on loopback. */
import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificate, certificateKey } from '../providers/certificate.ts'
import { openTcpServer } from '../support/tcp-server.ts'
import { failure, get, html, openWebBench } from './web-bench.ts'

describe('a page', () => {
  test('comes as Markdown with its title, plain text and JSON as they are', async () => {
    await using bench = openWebBench((_, { pathname }) => {
      if (pathname === '/json') return Response.json({ a: [1, 2] })
      if (pathname === '/text') return new Response('<b>as it is</b>')
      return html('<title>A &amp; B</title><nav>menu</nav><h1>Head</h1><p>Some <b>words</b>.</p>')
    })
    const page = await get(bench, `${bench.origin}/#part`)
    expect(page).toEqual({
      url: `${bench.origin}/`,
      status: 200,
      mediaType: 'text/html',
      title: 'A & B',
      text: '# Head\n\nSome **words**.',
      truncated: false,
    })
    expect((await get(bench, `${bench.origin}/json`)).text).toBe('{"a":[1,2]}')
    expect((await get(bench, `${bench.origin}/text`)).text).toBe('<b>as it is</b>')
  })

  test('with an error status still has its text', async () => {
    await using bench = openWebBench(
      () =>
        new Response('<h1>Gone</h1>', { status: 410, headers: { 'content-type': 'text/html' } }),
    )
    expect(await get(bench, bench.origin)).toMatchObject({ status: 410, text: '# Gone' })
  })

  test('is unpacked, and cut where it is longer than asked for, packed or not', async () => {
    const big = 'x'.repeat(3_000_000)
    await using bench = openWebBench((_, { pathname }) => {
      const packed = pathname === '/gzip' ? Bun.gzipSync(big) : Bun.deflateSync(big)
      if (pathname === '/plain') return new Response(big)
      if (pathname === '/odd')
        return new Response('a', { headers: { 'content-encoding': 'rot13' } })
      if (pathname === '/broken')
        return new Response(Bun.gzipSync(big).subarray(0, 500), {
          headers: { 'content-encoding': 'gzip' },
        })
      return new Response(packed, {
        headers: {
          'content-encoding': pathname === '/gzip' ? 'gzip' : 'identity',
          'content-type': 'text/plain',
        },
      })
    })
    for (const path of ['/plain', '/gzip']) {
      const page = await get(bench, bench.origin + path, 100_000)
      expect(page.text?.length).toBe(100_000)
      expect(page.truncated).toBe(true)
    }
    expect((await failure(get(bench, `${bench.origin}/odd`))).message).toContain('packed as rot13')
    expect((await failure(get(bench, `${bench.origin}/broken`))).message).toContain('damaged')
  })

  test('is decoded by its header, by what it declares, by its mark, or by its looks', async () => {
    const latin = Buffer.from('<p>caf\xe9</p>', 'latin1')
    const bodies: Record<string, [Uint8Array, string]> = {
      '/header': [latin, 'text/html; charset=iso-8859-1'],
      '/meta': [
        Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8</p>', 'latin1'),
        'text/html',
      ],
      '/mark': [Buffer.from('\ufeff<p>café</p>', 'utf8'), 'text/html; charset=latin1'],
      '/looks': [latin, 'text/html'],
      '/wrong': [Buffer.from('<p>café</p>'), 'text/html; charset=no-such-thing'],
      '/utf16': [Buffer.from('\ufeff<p>café</p>', 'utf16le'), 'text/html'],
    }
    await using bench = openWebBench((_, { pathname }) => {
      const [body, type] = bodies[pathname] ?? [latin, '']
      return new Response(body as never, { headers: { 'content-type': type } })
    })
    for (const path of Object.keys(bodies)) {
      const { text } = await get(bench, bench.origin + path)
      expect(`${path} ${text}`).toBe(`${path} ${path === '/meta' ? 'При' : 'café'}`)
    }
  })

  test('that is no text comes as its bytes', async () => {
    const png = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1')
    await using bench = openWebBench((_, { pathname }) =>
      pathname === '/png'
        ? new Response(png as never, { headers: { 'content-type': 'image/png' } })
        : new Response(Buffer.from([0, 1, 2, 3]) as never),
    )
    const page = await get(bench, `${bench.origin}/png`)
    expect(page.text).toBeUndefined()
    expect(Buffer.from(page.bytes ?? [])).toEqual(png)
    expect((await get(bench, bench.origin)).text).toBeUndefined()
  })
})

describe('a redirect', () => {
  test('is followed on the same host, told for another, and ends some time', async () => {
    await using bench = openWebBench((_, { pathname, port }) => {
      const to = (location: string) => new Response(null, { status: 302, headers: { location } })
      if (pathname === '/here') return to('/there?x=1#part')
      if (pathname === '/there') return new Response('arrived')
      if (pathname === '/away') return to('https://example.org/page')
      if (pathname === '/other-name') return to(`http://127.0.0.1:${port}/there`)
      if (pathname === '/other-port') return to('http://localhost:1/there')
      if (pathname === '/metadata') return to('http://169.254.169.254/latest/meta-data/')
      if (pathname === '/file') return to('file:///etc/passwd')
      if (pathname === '/secret') return to('http://user:pw@localhost/')
      return to('/circle')
    })
    expect(await get(bench, `${bench.origin}/here`)).toMatchObject({
      url: `${bench.origin}/there?x=1`,
      text: 'arrived',
    })
    for (const [path, redirect] of [
      ['/away', 'https://example.org/page'],
      ['/other-name', `http://127.0.0.1:${bench.port}/there`],
      ['/other-port', 'http://localhost:1/there'],
      ['/metadata', 'http://169.254.169.254/latest/meta-data/'],
    ] as const) {
      const page = await get(bench, bench.origin + path)
      expect(page.redirect).toBe(redirect)
      expect(page.text).toBeUndefined()
    }
    for (const [path, words] of [
      ['/file', 'which is not fetched'],
      ['/secret', 'which is not fetched'],
      ['/circle', 'in circles'],
    ] as const) {
      expect((await failure(get(bench, bench.origin + path))).message).toContain(words)
    }
    expect(bench.seen.filter((line) => line === 'GET /circle')).toHaveLength(9)
  })
})

describe('an address', () => {
  test('that is private, in any notation, is refused before anything is sent', async () => {
    await using bench = openWebBench(() => new Response('reached'), { allow: ['*', 'localhost'] })
    for (const host of [
      'localhost',
      '127.0.0.1',
      '0x7f000001',
      '2130706433',
      '017700000001',
      '127.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::127.0.0.1]',
      '0.0.0.0',
    ]) {
      const refused = await failure(get(bench, `http://${host}:${bench.port}/`))
      expect(`${host} ${refused.kind}`).toBe(`${host} outside`)
      expect(refused.message).toContain('allowHosts')
    }
    for (const host of [
      '169.254.169.254',
      '10.1.2.3',
      '[fd00:ec2::254]',
      '[fe80::1]',
      '100.100.100.200',
    ]) {
      expect((await failure(get(bench, `http://${host}/`))).kind).toBe('outside')
    }
    expect(bench.seen).toEqual([])
  })

  test('that is none, or not of the web, is refused in words', async () => {
    await using bench = openWebBench(() => new Response('reached'))
    for (const [url, words] of [
      ['', 'is no address'],
      ['not an address', 'is no address'],
      ['http://', 'is no address'],
      ['file:///etc/passwd', 'neither http'],
      ['ftp://example.org/', 'neither http'],
      ['https://user:pw@example.org/', 'holds a name or password'],
    ] as const) {
      const refused = await failure(get(bench, url))
      expect(refused.kind).toBe('invalid')
      expect(refused.message).toContain(words)
    }
    expect(bench.web.pageHost('example.org/a')).toBe('example.org:443')
    expect(bench.web.pageHost('http://[::1]:8080/')).toBe('[::1]:8080')
  })

  test('whose name nobody knows is said to be unknown', async () => {
    await using bench = openWebBench(() => new Response(''))
    const unknown = await failure(get(bench, 'https://no-such-host.invalid/'))
    expect(unknown.kind).toBe('unreachable')
    expect(unknown.message).toContain('no-such-host.invalid')
  })
})

describe('a connection', () => {
  test('that is refused, breaks off or speaks no HTTP is told in words', async () => {
    const gone = await openTcpServer(() => {})
    await gone[Symbol.asyncDispose]()
    await using odd = await openTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
    await using broken = await openTcpServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')),
    )
    const allow = [gone, odd, broken].map(({ port }) => `localhost:${port}`)
    await using bench = openWebBench(() => new Response(''), { allow })
    const said = async (port: number, scheme = 'http') =>
      (await failure(get(bench, `${scheme}://localhost:${port}/`))).message
    expect(await said(gone.port)).toContain('nothing listens there')
    expect(await said(odd.port)).toStartWith(`Cannot read localhost:${odd.port}`)
    expect(await said(broken.port)).toContain('broke off')
    expect(await said(odd.port, 'https')).toStartWith(`Cannot read localhost:${odd.port}`)
  })

  test('that is silent ends after its time, or with the interrupt', async () => {
    await using silent = await openTcpServer(() => {})
    await using bench = openWebBench(() => new Response(''), {
      allow: [`localhost:${silent.port}`],
    })
    const request = { url: `http://localhost:${silent.port}/`, maxBytes: 1000, timeoutMs: 100 }
    expect((await failure(bench.web.fetch(request, new AbortController().signal))).kind).toBe(
      'limit',
    )
    await using stalling = await openTcpServer((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')),
    )
    await using half = openWebBench(() => new Response(''), {
      allow: [`localhost:${stalling.port}`],
    })
    const stalled = { ...request, url: `http://localhost:${stalling.port}/` }
    expect((await failure(half.web.fetch(stalled, new AbortController().signal))).kind).toBe(
      'limit',
    )
    const abort = new AbortController()
    const fetched = bench.web.fetch({ ...request, timeoutMs: 60_000 }, abort.signal)
    abort.abort()
    expect(await failure(fetched)).toMatchObject({ name: 'AbortError' })
  })

  test('by TLS wants a certificate that is trusted, or named by caFile', async () => {
    const tls = { cert: certificate, key: certificateKey }
    const directory = await mkdtemp(join(tmpdir(), 'codi-web-'))
    const caFile = join(directory, 'ca.pem')
    await Bun.write(caFile, certificate)
    await using distrusted = openWebBench(() => new Response('hello'), { tls })
    expect((await failure(get(distrusted, distrusted.origin))).message).toContain('not trusted')
    await using trusted = openWebBench(() => new Response('hello'), { tls, settings: { caFile } })
    expect((await get(trusted, trusted.origin)).text).toBe('hello')
    await rm(directory, { recursive: true })
  })

  test('goes through the proxy of the environment, where even a name nobody else knows is asked', async () => {
    const lines: string[] = []
    await using proxy = await openTcpServer((socket) =>
      socket.once('data', (chunk) => {
        lines.push(chunk.toString().split('\r\n')[0] ?? '')
        socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nproxy')
      }),
    )
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }
    await using bench = openWebBench(() => new Response('direct'), { env })
    expect((await get(bench, 'http://inside.invalid/page')).text).toBe('proxy')
    expect(lines).toEqual(['GET http://inside.invalid/page HTTP/1.1'])
    expect((await failure(get(bench, 'http://10.0.0.1/'))).kind).toBe('outside')
    expect((await get(bench, bench.origin)).text).toBe('direct')
  })
})
