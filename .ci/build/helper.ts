/**
 * Compiles the program that confines commands (workers/sandbox/helper) to one static file: with musl where its compiler
 * is installed (a twentieth of the size, and a millisecond less to start than a dynamic one), else with the C library
 * of the machine, statically or, last, not. Answers why not where it cannot: codi then confines commands in other ways.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { Addon } from './hnsw.ts'
import { hostTarget, runsHere, type Target } from './targets.ts'

/** A warning is no reason to do without it: that there is none is tested (test/install/build.test.ts). */
const compileFlags = [
  ...['-std=gnu11', '-D_GNU_SOURCE', '-Os', '-Wall', '-Wextra'],
  ...['-ffunction-sections', '-fdata-sections', '-fstack-protector-strong', '-Wl,--gc-sections'],
]

/** Ways of linking, the best first. */
const linkFlags = [['-static', '-s'], ['-s']]

const musl: Record<Target['cpu'], string[][]> = {
  x64: [['musl-gcc'], ['x86_64-linux-musl-gcc']],
  arm64: [['musl-gcc'], ['aarch64-linux-musl-gcc']],
}

/** Compilers of other machines: a static program needs no C library there, so either serves. */
const cross: Record<Target['cpu'], string[][]> = {
  x64: [['x86_64-linux-musl-gcc'], ['x86_64-linux-gnu-gcc']],
  arm64: [['aarch64-linux-musl-gcc'], ['aarch64-linux-gnu-gcc']],
}

/** Where the helper of `target` is kept; the host's own is the one that a run from source starts. */
function helperFile(root: string, target: Target): string {
  const native = join(root, 'dist', 'native')
  return target.id === hostTarget()?.id
    ? join(native, 'codi-sandbox')
    : join(native, target.id, 'codi-sandbox')
}

/** Compiles it unless the copy at hand was made from the same sources in the same way. */
export function buildHelper(root: string, target: Target): Addon {
  if (target.os !== 'linux') return { path: undefined, reason: 'it is for Linux' }
  const path = helperFile(root, target)
  const folder = join(root, 'workers/sandbox/helper')
  const files = readdirSync(folder).sort()
  const compilers = compilerChoices(target)
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'))
  const installed = compilers.map(([name]) => Bun.which(name ?? ''))
  const way = JSON.stringify([compilers, installed, compileFlags, linkFlags])
  const stamp = Bun.hash(texts.join('\0') + way).toString(16)
  const stampPath = `${path}.stamp`
  if (existsSync(path) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) {
    return { path }
  }
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}`
  let missing = `no C compiler for ${target.id}`
  let failed: string | undefined
  for (const compiler of compilers) {
    if (!Bun.which(compiler[0] ?? '')) {
      missing = `${compiler[0]} is not installed`
      continue
    }
    const failure = compileHelper(root, compiler, fresh)
    if (failure === undefined) {
      renameSync(fresh, path)
      writeFileSync(stampPath, stamp)
      return { path }
    }
    failed ??= failure
  }
  rmSync(fresh, { force: true })
  // A copy of another version would be started by a run from source.
  rmSync(path, { force: true })
  return { path: undefined, reason: failed ?? missing }
}

function compilerChoices(target: Target): string[][] {
  if (process.env.CC) return runsHere(target) ? [process.env.CC.split(' ')] : cross[target.cpu]
  const host = hostTarget()
  // It depends on no C library, so the host's compiler serves both kinds of Linux.
  if (host?.os !== 'linux' || host.cpu !== target.cpu) return cross[target.cpu]
  return [...musl[target.cpu], ['cc'], ['gcc'], ['clang']]
}

/** Undefined when it worked, else the reason. */
export function compileHelper(
  root: string,
  compiler: readonly string[],
  output: string,
): string | undefined {
  const folder = join(root, 'workers/sandbox/helper')
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(folder, name))
  let reason = ''
  for (const link of linkFlags) {
    const argv = [...compiler, ...compileFlags, ...sources, '-o', output, ...link]
    const run = Bun.spawnSync(argv, { stderr: 'pipe', stdout: 'ignore' })
    if (run.exitCode === 0) return undefined
    const lines = run.stderr.toString().split('\n')
    reason = lines.find((line) => line.includes('error') || line.includes('cannot find')) ?? ''
  }
  return `${compiler[0]} failed: ${reason || 'no reason given'}`
}
