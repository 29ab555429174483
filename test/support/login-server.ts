/** A login server on loopback that answers what a test says, for what a real one never does. */
export interface LoginServer extends AsyncDisposable {
  url: string
  /** Forms and JSON that were posted, oldest first. */
  posted: { path: string; fields: Record<string, string> }[]
}

export function openLoginServer(
  answer: (path: string, fields: Record<string, string>, count: number) => Response,
): LoginServer {
  const posted: LoginServer['posted'] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname
      const text = await request.text()
      const isJson = request.headers.get('content-type') === 'application/json'
      const fields: Record<string, string> = isJson
        ? JSON.parse(text)
        : Object.fromEntries(new URLSearchParams(text))
      if (request.method === 'POST') posted.push({ path, fields })
      return answer(path, fields, posted.filter((each) => each.path === path).length)
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    posted,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status })
}
