/**
 * A release as install.sh meets it: assets and SHA256SUMS in memory behind a static server on loopback, which a test
 * may damage, and a run of the script as `curl … | sh` runs it: through stdin, with a PATH of its own.
 */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const installer = resolve(import.meta.dir, '../../install.sh')

export interface Release {
  url: string
  files: Map<string, Uint8Array>
  /** Names asked for, in order. */
  requests: string[]
  /** Sends this many bytes of each asset and then closes, though it announced all of them. */
  cutAt: number | undefined
  close(): void
}

/** A server with one asset for this machine: a script that prints `codi <version>`. */
export function serveRelease(version: string): Release {
  const files = new Map<string, Uint8Array>()
  addAsset(files, platformHere(), `#!/bin/sh\necho 'codi ${version}'\n`)
  const release: Omit<Release, 'url' | 'close'> = { files, requests: [], cutAt: undefined }
  // A raw socket, because a proper server would not announce more than it sends.
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, data) {
        const name = /^GET \/r\/(\S+)/.exec(data.toString())?.[1] ?? ''
        release.requests.push(name)
        const file = files.get(name)
        const head = file
          ? `HTTP/1.1 200 OK\r\nContent-Length: ${file.length}\r\nConnection: close\r\n\r\n`
          : 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
        const isAsset = name !== 'SHA256SUMS'
        const body = file?.subarray(0, isAsset ? release.cutAt : undefined) ?? new Uint8Array()
        socket.end(Buffer.concat([Buffer.from(head), body]))
      },
    },
  })
  return Object.assign(release, {
    url: `http://127.0.0.1:${server.port}/r`,
    close: () => server.stop(true),
  })
}

export function addAsset(files: Map<string, Uint8Array>, platform: string, text: string): void {
  const name = `codi-${platform}.gz`
  const bytes = Bun.gzipSync(Buffer.from(text))
  const sum = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
  const before = files.get('SHA256SUMS') ?? new Uint8Array()
  files.set(name, bytes)
  files.set('SHA256SUMS', Buffer.concat([before, Buffer.from(`${sum}  ${name}\n`)]))
}

/** What install.sh calls this machine; told by the script itself, so that the tests pass on every platform. */
export function platformHere(): string {
  const text = readFileSync(installer, 'utf8')
  const functions = text.slice(
    text.indexOf('detect_platform()'),
    text.indexOf('# The smaller file'),
  )
  const run = Bun.spawnSync(['sh', '-c', `${functions}\ndetect_platform`])
  return run.stdout.toString()
}

export interface Place {
  /** Removed with everything in it by `clean`. */
  root: string
  home: string
  bin: string
  clean(): void
}

export function makePlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'codi-install-test-'))
  const home = join(root, 'home')
  const bin = join(root, 'home/.local/bin')
  mkdirSync(home)
  return {
    root,
    home,
    bin,
    clean() {
      // A test may have made it read-only.
      Bun.spawnSync(['chmod', '-R', 'u+w', root])
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** A PATH with only these programs, for "curl is not installed". */
export function pathWith(place: Place, programs: string[]): string {
  const directory = mkdtempSync(join(place.root, 'path-'))
  for (const program of programs) {
    const found = Bun.which(program)
    if (found) symlinkSync(found, join(directory, program))
  }
  chmodSync(directory, 0o755)
  return directory
}

export interface InstallRun {
  exitCode: number
  stdout: string
  stderr: string
}

/** Asynchronous, since the server lives in this process. */
export async function pipeInstaller(
  place: Place,
  options: { env?: Record<string, string | undefined>; args?: string[]; script?: string } = {},
): Promise<InstallRun> {
  const child = Bun.spawn(['/bin/sh', '-s', '--', ...(options.args ?? [])], {
    cwd: place.root,
    stdin: Bun.file(options.script ?? installer),
    stdout: 'pipe',
    stderr: 'pipe',
    env: { HOME: place.home, PATH: process.env.PATH, TMPDIR: place.root, ...options.env },
  })
  const [stdout, stderr, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { exitCode, stdout, stderr }
}
