/**
 * The files of a release, made for one target at a time: `codi-<target>.gz` (any machine can unpack it) and `.xz` (a
 * quarter smaller, preferred where there is `xz`), their lines in SHA256SUMS, and install.sh with the address it
 * downloads from written into it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from './targets.ts'

export interface ReleaseOptions {
  root: string
  target: Target
  binary: string
  directory: string
  /** Where the assets will be published; without it the installer needs CODI_RELEASE_URL. */
  url: string | undefined
}

export function writeRelease(options: ReleaseOptions): void {
  mkdirSync(options.directory, { recursive: true })
  const installer = withUrl(readFileSync(join(options.root, 'install.sh'), 'utf8'), options.url)
  const binary = readFileSync(options.binary)
  writeAsset(options, 'gz', Bun.gzipSync(binary, { level: 9 }))
  const smaller = xz(binary, options.target)
  if (smaller) writeAsset(options, 'xz', smaller)
  else console.error('build: no xz on this machine: the release has the larger .gz only')
  writeFileSync(join(options.directory, 'install.sh'), installer, { mode: 0o755 })
}

function xz(binary: Uint8Array, target: Target): Uint8Array | undefined {
  if (!Bun.which('xz')) return undefined
  // The filter makes jumps in machine code compress better; that of arm64 is too new for many installed xz.
  const filter = target.cpu === 'x64' ? ['--x86'] : []
  const run = Bun.spawnSync(['xz', ...filter, '--lzma2=preset=9', '--stdout'], {
    stdin: binary,
    stderr: 'pipe',
  })
  if (run.exitCode !== 0) throw new Error(`xz failed: ${run.stderr.toString().trim()}`)
  return run.stdout
}

function writeAsset(options: ReleaseOptions, extension: string, bytes: Uint8Array): void {
  const asset = `codi-${options.target.id}.${extension}`
  writeFileSync(join(options.directory, asset), bytes)
  writeSum(options.directory, asset, bytes)
  console.log(`${join(options.directory, asset)}  ${(bytes.length / 1e6).toFixed(1)} MB`)
}

function writeSum(directory: string, asset: string, bytes: Uint8Array): void {
  const path = join(directory, 'SHA256SUMS')
  const sum = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
  const others = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.endsWith(`  ${asset}`))
    : []
  const lines = [...others, `${sum}  ${asset}`].sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
  writeFileSync(path, `${lines.join('\n')}\n`)
}

function withUrl(installer: string, url: string | undefined): string {
  if (url === undefined) return installer
  if (
    !/^https:\/\/[\w./:~-]+$|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(\/[\w./~-]*)?$/.test(
      url,
    )
  ) {
    throw new Error(`--url ${url} is not an https address (http is allowed on loopback only)`)
  }
  const line = /^release_url=''$/m
  if (!line.test(installer)) throw new Error("install.sh has no line release_url=''")
  return installer.replace(line, `release_url='${url.replace(/\/+$/, '')}'`)
}
