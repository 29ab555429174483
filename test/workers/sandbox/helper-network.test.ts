/** The network of a command: a loopback of its own, shared with another command where it is asked for, and the way to the proxy. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { builtHelper, makePlace, type Place, whyNotMode } from './helper-run.ts'

const helper = builtHelper()
const missing = whyNotMode('full')
const path = 'path' in helper ? helper.path : ''
const full = ['--mode', 'full']
const node = Bun.which('node')

describe.skipIf(missing !== undefined || !node)('A command', () => {
  let place: Place
  beforeAll(() => {
    place = makePlace(path)
  })
  afterAll(() => place.clean())

  const script = (flags: string[], text: string) =>
    place.run([...place.usual, ...flags], [node ?? '', '-e', text])

  test('serves and asks on its own loopback, both kinds', async () => {
    const run = await script(
      full,
      `const http = require('http')
       for (const host of ['127.0.0.1', '::1', 'localhost']) {
         const server = http.createServer((_, answer) => answer.end('hello ' + host)).listen(0, host, () => {
           http.get({ host, port: server.address().port }, (got) => got.on('data', (d) => { console.log(String(d)); server.close() }))
         })
       }`,
    )
    expect(run.stdout.trim().split('\n').sort()).toEqual([
      'hello 127.0.0.1',
      'hello ::1',
      'hello localhost',
    ])
  })

  test('reaches no socket of a program outside, made under a name that is not absolute', async () => {
    const serve = `require('net').createServer((s) => s.end('reached')).listen('relative.sock', () => console.log('up'))`
    const server = Bun.spawn([node ?? '', '-e', serve], { cwd: place.root, stdout: 'pipe' })
    try {
      await server.stdout.getReader().read()
      const socket = join(place.root, 'relative.sock')
      const ask = `require('net').connect('${socket}').on('data', (d) => console.log(String(d))).on('error', (e) => console.log(e.code))`
      const run = await script([...full, '--visible', place.root], ask)
      expect(run.stdout).toMatch(/^(EACCES|ECONNREFUSED)\n$/)
    } finally {
      server.kill('SIGKILL')
      await server.exited
    }
  })

  test('in weak mode with the network on asks a server of the machine', async () => {
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => new Response('outside'),
    })
    const ask = `require('http').get('${server.url}', (got) => got.on('data', (d) => console.log(String(d)))).on('error', (e) => console.log(e.code))`
    expect((await script(['--mode', 'weak', '--net', 'on'], ask)).stdout).toBe('outside\n')
    expect((await script([...full, '--net', 'on'], ask)).stdout).toBe('outside\n')
    expect((await script([...full, '--net', 'off'], ask)).stdout).toBe('ECONNREFUSED\n')
    expect((await script(['--mode', 'weak', '--net', 'off'], ask)).stdout).toBe('EPERM\n')
    await server.stop(true)
  })

  test('meets another one on the loopback that it joins, and only there', async () => {
    const server = Bun.spawn(
      [
        path,
        '--status',
        '3',
        ...place.usual,
        ...full,
        '--',
        node ?? '',
        '-e',
        `require('http').createServer((_, a) => a.end('from the background')).listen(4321, '127.0.0.1', () => console.log('ready')); setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit', 'pipe'], detached: true },
    )
    await (server.stdout as ReadableStream).getReader().read()
    const status = await Bun.file(server.stdio[3] as unknown as number)
      .stream()
      .getReader()
      .read()
    const { init } = JSON.parse(new TextDecoder().decode(status.value).split('\n')[0] ?? '')
    const ask = `require('http').get('http://127.0.0.1:4321', (got) => got.on('data', (d) => console.log(String(d)))).on('error', (e) => console.log(e.code))
      try { process.kill(${init}, 0); console.log('reached') } catch (e) { console.log(e.code) }`
    const joined = await script([...full, '--join', String(init)], ask)
    expect(joined.stdout.trim().split('\n').sort()).toEqual(['ESRCH', 'from the background'])
    expect((await script(full, ask)).stdout).toContain('ECONNREFUSED')
    server.kill('SIGTERM')
    await server.exited
    const late = await script([...full, '--join', String(init)], `console.log('alone')`)
    expect(late.stdout).toBe('alone\n')
    expect(late.status[0]).toHaveProperty('note')
  })

  test('does not join a process that is no command', async () => {
    const run = await place.sh([...full, '--join', String(process.pid)], 'echo alone')
    expect(run.stdout).toBe('alone\n')
    expect(run.status[0]).toEqual({
      note: 'The loopback of the other command could not be shared: No such process',
    })
  })
})

describe.skipIf(missing !== undefined || !node)('The way to the proxy', () => {
  let place: Place
  let server: Server
  let proxy: string[]
  let handle: (socket: Socket) => void = () => {}

  beforeAll(async () => {
    place = makePlace(path)
    const socket = join(place.root, 'proxy.sock')
    // Half-closed connections stay open for the answer.
    server = createServer({ allowHalfOpen: true }, (connection) => handle(connection))
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    proxy = [...full, '--net', 'proxy', '--proxy-socket', socket, '--proxy-port', '3128']
  })
  afterAll(() => {
    server.close()
    place.clean()
  })
  const script = (text: string, more: string[] = []) =>
    place.run([...place.usual, ...proxy, ...more], [node ?? '', '-e', text])

  test('carries bytes both ways, by 127.0.0.1 and ::1, and the end of each', async () => {
    handle = (socket) => {
      let text = ''
      socket.on('data', (data) => {
        text += data
      })
      // Only after the other side said that it has nothing more.
      socket.on('end', () => socket.end(`got ${text}`))
    }
    const run = await script(
      `for (const host of ['127.0.0.1', '::1']) {
         const c = require('net').connect({ host, port: 3128, allowHalfOpen: true }, () => c.end('hello ' + host))
         c.on('data', (d) => console.log(String(d))).on('end', () => console.log('end'))
       }`,
    )
    expect(run.stdout.trim().split('\n').sort()).toEqual([
      'end',
      'end',
      'got hello 127.0.0.1',
      'got hello ::1',
    ])
  })

  test('carries much at once, whole, while the other side is slow', async () => {
    const bytes = 20_000_000
    handle = (socket) => {
      let count = 0
      socket.on('data', (data) => {
        count += data.length
        socket.pause()
        setImmediate(() => socket.resume())
      })
      socket.on('end', () => socket.end(Buffer.alloc(count, 7)))
    }
    const run = await script(
      `const c = require('net').connect({ host: '127.0.0.1', port: 3128, allowHalfOpen: true }, () => c.end(Buffer.alloc(${bytes}, 3)))
       let count = 0; c.on('data', (d) => { count += d.length }).on('end', () => console.log(count))`,
    )
    expect(run.stdout).toBe(`${bytes}\n`)
  })

  test('carries many connections, one after the other and at once', async () => {
    handle = (socket) => socket.pipe(socket)
    const run = await script(
      `const net = require('net'); let open = 0, answers = 0
       const one = (i) => new Promise((done) => { const c = net.connect(3128, '127.0.0.1', () => c.write('x' + i)); open++
         c.on('data', () => { answers++; c.end() }).on('close', done).on('error', (e) => console.log(e.code)) })
       ;(async () => { await Promise.all(Array.from({ length: 300 }, (_, i) => one(i))); for (let i = 0; i < 300; i++) await one(i); console.log(answers) })()`,
    )
    expect(run.stdout).toBe('600\n')
  })

  test('goes on where descriptors run out', async () => {
    handle = (socket) => socket.pipe(socket)
    const argv = [
      path,
      ...place.usual,
      ...proxy,
      '--',
      node ?? '',
      '-e',
      `const net = require('net'); let answers = 0
       const one = () => new Promise((done) => { const c = net.connect(3128, '127.0.0.1', () => c.write('x'))
         c.on('data', () => { answers++; c.end() }).on('close', done).on('error', () => {}) })
       Promise.all(Array.from({ length: 25 }, one)).then(() => console.log(answers))`,
    ]
    const run = Bun.spawn(['sh', '-c', 'ulimit -n 40; exec "$@"', '-', ...argv], { stdout: 'pipe' })
    expect(await new Response(run.stdout).text()).toMatch(/^[1-9]\d*\n$/)
  })

  test('refuses where the proxy is gone, and closes what it closes', async () => {
    handle = (socket) => socket.destroy()
    const run = await script(
      `const c = require('net').connect(3128, '127.0.0.1'); c.on('close', () => console.log('closed')).on('error', () => {}); c.resume()`,
    )
    expect(run.stdout).toBe('closed\n')
  })

  test('takes no time while nothing is carried', async () => {
    handle = (socket) => socket.resume()
    // Process 1 is the relay: fields 14 and 15 of its stat are its time in ticks of 10 ms.
    const run = await script(
      `const c = require('net').connect(3128, '127.0.0.1', () => { c.end(); c.resume(); setTimeout(() => {
         const [u, s] = require('fs').readFileSync('/proc/1/stat', 'utf8').split(') ')[1].split(' ').slice(11, 13)
         console.log(Number(u) + Number(s) < 20); process.exit() }, 400) })`,
    )
    expect(run.stdout).toBe('true\n')
  })

  test('is all of the network that there is', async () => {
    handle = (socket) => socket.end('the proxy')
    const outside = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('x') })
    const run = await script(
      `require('net').connect(${outside.port}, '127.0.0.1').on('error', (e) => console.log(e.code)).on('connect', () => console.log('reached'))`,
    )
    await outside.stop(true)
    expect(run.stdout).toMatch(/^(EACCES|ECONNREFUSED)\n$/)
  })

  test('needs a socket', async () => {
    const file = ['--net', 'proxy', '--proxy-socket', '/etc/passwd', '--proxy-port', '1']
    const run = await place.sh([...full, ...file], 'echo ran')
    expect(run.stdout).toBe('')
    expect(run.status.at(-1)).toMatchObject({ stage: 'proxy', errno: 88 })
  })

  test('needs one that is there', async () => {
    const run = await place.sh(
      [...full, '--net', 'proxy', '--proxy-socket', join(place.root, 'gone'), '--proxy-port', '1'],
      'echo ran',
    )
    expect(run.stdout).toBe('')
    expect(run.exitCode).toBe(125)
    expect(run.status.at(-1)).toMatchObject({ stage: 'proxy', errno: 2 })
  })
})
