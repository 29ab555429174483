/** A headless Chromium, spoken to by its DevTools protocol; undefined where none is installed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../src/base/json.ts'

export const chromiumPath = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
]
  .map((name) => Bun.which(name))
  .find((path) => path !== null)

interface Reply {
  id?: number
  method?: string
  params?: JsonObject
  result?: JsonObject
  error?: { message: string }
}

export interface Page {
  send(method: string, params?: JsonObject): Promise<JsonObject>
  /** URLs that were asked for since the page was opened. */
  readonly requests: string[]
  open(url: string): Promise<void>
  /** The value of an expression, which must be plain data. */
  evaluate<T>(expression: string): Promise<T>
  click(selector: string): Promise<void>
  press(key: string, code?: number): Promise<void>
}

export async function startChromium(path: string): Promise<{ page: Page } & AsyncDisposable> {
  const profile = mkdtempSync(join(tmpdir(), 'codi-chromium-'))
  const child = Bun.spawn(
    [
      path,
      ...['--headless', '--disable-gpu', '--no-first-run', '--disable-extensions', '--no-sandbox'],
      ...[
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        '--remote-debugging-port=0',
      ],
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdout: 'ignore', stderr: 'pipe', env: { ...process.env, HOME: profile } },
  )
  const socket = new WebSocket(await addressOf(child.stderr))
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const page = await openPage(socket)
  return {
    page,
    async [Symbol.asyncDispose]() {
      socket.close()
      child.kill()
      await child.exited
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

async function addressOf(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let said = ''
  const decoder = new TextDecoder()
  for await (const chunk of stderr) {
    said += decoder.decode(chunk, { stream: true })
    const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
    if (found !== undefined) return found
  }
  throw new Error(`Chromium did not start:\n${said}`)
}

async function openPage(socket: WebSocket): Promise<Page> {
  const waiting = new Map<
    number,
    { resolve(value: JsonObject): void; reject(error: Error): void }
  >()
  const heard = new Map<string, (() => void)[]>()
  const requests: string[] = []
  let lastId = 0
  let session: string | undefined
  socket.onmessage = ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    const request = reply.params?.request as { url?: string } | undefined
    if (reply.method === 'Network.requestWillBeSent') requests.push(request?.url ?? '')
    for (const resolve of heard.get(reply.method ?? '')?.splice(0) ?? []) resolve()
    const asked = waiting.get(reply.id ?? -1)
    waiting.delete(reply.id ?? -1)
    if (reply.error) asked?.reject(new Error(reply.error.message))
    else asked?.resolve(reply.result ?? {})
  }
  const send = (method: string, params: JsonObject = {}) =>
    new Promise<JsonObject>((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      const about = session === undefined ? {} : { sessionId: session }
      socket.send(JSON.stringify({ id, method, params, ...about }))
    })
  const once = (method: string) =>
    new Promise<void>((resolve) => heard.set(method, [...(heard.get(method) ?? []), resolve]))

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const attached = await send('Target.attachToTarget', { targetId: targetId ?? '', flatten: true })
  session = String(attached.sessionId)
  for (const domain of ['Page', 'Network', 'Runtime']) await send(`${domain}.enable`)

  async function evaluate<T>(expression: string): Promise<T> {
    const reply = await send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })
    if (reply.exceptionDetails) throw new Error(JSON.stringify(reply.exceptionDetails))
    return (reply.result as { value: T }).value
  }

  return {
    send,
    requests,
    evaluate,
    async open(url) {
      const loaded = once('Page.loadEventFired')
      await send('Page.navigate', { url })
      await loaded
    },
    async click(selector) {
      const place = await evaluate<{ x: number; y: number }>(
        `(() => { const it = document.querySelector(${JSON.stringify(selector)}); it.scrollIntoView({ block: 'center', behavior: 'instant' }); const { x, y, height } = it.getBoundingClientRect(); return { x: x + 8, y: y + height / 2 } })()`,
      )
      for (const type of ['mousePressed', 'mouseReleased'])
        await send('Input.dispatchMouseEvent', { type, ...place, button: 'left', clickCount: 1 })
    },
    async press(key, code = 0) {
      const about = {
        key,
        code: key,
        windowsVirtualKeyCode: code,
        ...(key === 'Enter' ? { text: '\r' } : {}),
      }
      for (const type of ['keyDown', 'keyUp'])
        await send('Input.dispatchKeyEvent', { type, ...about })
    },
  }
}
