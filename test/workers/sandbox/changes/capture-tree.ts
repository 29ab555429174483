/**
 * A tree of files as one value, byte for byte, and the way back to it from nothing but what a capture left. Names are
 * bytes: not all of them are UTF-8.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { CaptureLine } from '../../../../src/contract/capture.ts'

/** Path, as latin1, to what stands there. `.git` is left out, as captures do. */
export function snapshot(root: string): Record<string, string> {
  const tree: Record<string, string> = {}
  const look = (path: Buffer, name: string) => {
    const found = lstatSync(path)
    const mode = (found.mode & 0o7777).toString(8)
    if (found.isSymbolicLink()) {
      tree[name] = `link ${readlinkSync(path, { encoding: 'buffer' }).toString('latin1')}`
    } else if (found.isDirectory()) {
      if (name !== '') tree[name] = `directory ${mode}`
      for (const entry of namesIn(path)) {
        const inner = entry.toString('latin1')
        if (inner !== '.git') look(joined(path, entry), `${name}/${inner}`)
      }
    } else if (found.isFile()) {
      // Times of a file count: build tools go by them.
      tree[name] =
        `file ${mode} ${found.size} ${Math.floor(found.mtimeMs)} ${hashOf(path, found.size)}`
    } else {
      tree[name] = 'other'
    }
  }
  look(Buffer.from(root), '')
  return tree
}

function hashOf(path: Buffer, size: number): string {
  if (size > 50_000_000) return sparseHash(path)
  return Bun.hash(readFileSync(path)).toString(36)
}

/** Of the first and last bytes: what lies between is a hole. */
function sparseHash(path: Buffer): string {
  const run = Bun.spawnSync(['sh', '-c', 'head -c 70000 "$0"; tail -c 70000 "$0"', `${path}`])
  return Bun.hash(run.stdout).toString(36)
}

export function readLog(directory: string, name = 'log'): CaptureLine[] {
  const path = join(directory, name)
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line))
}

/** Puts everything back, from the last line to the first. */
export function restore(
  directory: string,
  lines: readonly CaptureLine[] = readLog(directory),
): void {
  for (const line of lines.toReversed()) restoreLine(line, directory)
}

function restoreLine(line: CaptureLine, directory: string): void {
  const path = bytesOf(line.path, line.pathHex)
  if (line.was === 'moved') {
    const to = bytesOf(line.to, line.toHex)
    if (lstat(to) && !lstat(path)) renameSync(to, path)
    return
  }
  if (line.was === 'other') throw new Error(`not to be restored: ${path}: ${line.why}`)
  if (line.was === 'absent') {
    rmSync(path, { recursive: true, force: true })
  } else if (line.was === 'directory') {
    if (lstat(path)?.isDirectory() !== true) {
      rmSync(path, { force: true })
      mkdirSync(path)
    }
    chmodSync(path, line.mode)
  } else if (line.was === 'link') {
    rmSync(path, { recursive: true, force: true })
    symlinkSync(line.targetHex ? Buffer.from(line.targetHex, 'hex') : line.target, path)
  } else {
    if (line.lost !== undefined) throw new Error(`lost: ${path}: ${line.lost}`)
    if (line.image !== undefined) write(path, join(directory, line.image), line)
    if (line.blob !== undefined) writeFileSync(path, blobOf(line.blob, path))
    if (!lstat(path)) return
    chmodSync(path, line.mode)
    // Within the millisecond, which is what is compared.
    const seconds = Number(BigInt(line.mtimeNs) / 1_000_000n) / 1000 + 0.0003
    utimesSync(path, seconds, seconds)
  }
}

/** In place where the file has more names, so that all of them get it back. */
function write(
  path: Buffer,
  image: string,
  { bytes, links = 1 }: { bytes: number; links?: number },
): void {
  const found = lstat(path)
  if (found && !(links > 1 && found.isFile() && found.nlink > 1))
    rmSync(path, { recursive: true, force: true })
  if (statSync(image).size !== bytes) throw new Error(`${image} is not what was there: ${path}`)
  const text = path.toString()
  // A name that is no UTF-8 is no argument here.
  if (!Buffer.from(text).equals(path)) writeFileSync(path, readFileSync(image))
  else Bun.spawnSync(['cp', '--sparse=always', '--', image, text])
}

function blobOf(sha: string, path: Buffer): Uint8Array {
  return Bun.spawnSync(['git', 'cat-file', 'blob', sha], { cwd: dirname(path.toString()) }).stdout
}

function bytesOf(path: string | undefined, hex: string | undefined): Buffer {
  return hex === undefined ? Buffer.from(path ?? '') : Buffer.from(hex, 'hex')
}

function lstat(path: Buffer) {
  return lstatSync(path, { throwIfNoEntry: false })
}

function joined(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), name])
}

function namesIn(directory: Buffer): Buffer[] {
  return readdirSync(directory, { encoding: 'buffer' })
}
