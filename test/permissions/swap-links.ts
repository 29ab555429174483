/**
 * Puts a symbolic link in the place of a directory, and of a file, and back, as fast as it can until its stdin ends:
 * `bun swap-links.ts DIRECTORY FILE OUTSIDE`. Prints how often. Started by a test as the one who races.
 */
import { existsSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import { basename, join } from 'node:path'

const [directory = '', file = '', outside = ''] = process.argv.slice(2)
let swaps = 0
let ended = false
process.stdin.on('end', () => {
  ended = true
})
process.stdin.resume()

function swap(path: string, target: string): void {
  renameSync(path, `${path}.real`)
  symlinkSync(target, path)
  unlinkSync(path)
  try {
    renameSync(`${path}.real`, path)
  } catch {
    // The tool that is raced against has made it anew meanwhile.
    rmSync(path, { recursive: true, force: true })
    renameSync(`${path}.real`, path)
  }
  swaps++
}

function attempt(path: string, target: string): void {
  try {
    swap(path, target)
  } catch {
    // The tool that is raced against was in between; the next time again.
    if (existsSync(`${path}.real`) && !existsSync(path)) renameSync(`${path}.real`, path)
  }
}

function some(): void {
  for (let index = 0; index < 200; index++) {
    attempt(directory, outside)
    attempt(file, join(outside, basename(file)))
  }
  if (ended) {
    process.stdout.write(`${swaps}\n`)
    process.exit(0)
  }
  setImmediate(some)
}
process.stdout.write('ready\n')
some()
