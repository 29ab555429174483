/**
 * Compiles the HNSW addon of hnswlib-node: its one C++ file against the Node-API headers from npm, by the C++ compiler
 * alone. No Python, no node-gyp, no download. Answers why not where it cannot: codi then searches vectors exactly.
 *
 * An AVX2 build of the same file indexes 20 % and searches 25 % faster (256 dimensions: 35 instead of 45 µs), which no
 * person notices and which would need a second copy and a choice at run time; so there is one build for every CPU.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hostTarget, runsHere, type Target } from './targets.ts'

export type Addon = { path: string } | { path: undefined; reason: string }

const compileFlags = [
  '-std=c++17',
  '-O3',
  '-DNDEBUG',
  '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  '-fPIC',
  '-fvisibility=hidden',
  '-ffunction-sections',
  '-fdata-sections',
]

/**
 * Ways of linking, the best first. With the C++ runtime inside, the addon runs on machines that have none or an older
 * one; what is not used of it is left out, which halves the file.
 */
const linkFlags: Record<Target['os'], string[][]> = {
  darwin: [
    ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-dead_strip'],
    ['-bundle', '-undefined', 'dynamic_lookup'],
  ],
  linux: [
    [
      ...['-shared', '-s', '-static-libstdc++', '-static-libgcc'],
      ...['-Wl,--gc-sections', '-Wl,--exclude-libs,ALL'],
    ],
    ['-shared', '-s'],
  ],
}

/** Where the addon of `target` is kept; the host's own is the one that a run from source loads. */
function addonPath(root: string, target: Target): string {
  const native = join(root, 'dist', 'native')
  return target.id === hostTarget()?.id
    ? join(native, 'hnsw.node')
    : join(native, target.id, 'hnsw.node')
}

/** Compiles it unless the copy at hand was made from the same source in the same way. */
export function buildHnsw(root: string, target: Target): Addon {
  const path = addonPath(root, target)
  const source = join(root, 'node_modules/hnswlib-node/src/addon.cc')
  const compilers = compilerChoices(target)
  const way = JSON.stringify([compilers, compileFlags, linkFlags])
  const stamp = Bun.hash(readFileSync(source).toString() + way).toString(16)
  const stampPath = `${path}.stamp`
  if (existsSync(path) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) {
    return { path }
  }
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}`
  const reasons: string[] = []
  for (const compiler of compilers) {
    const failure = compile(compiler, { root, source, target, output: fresh })
    if (failure === undefined) {
      renameSync(fresh, path)
      writeFileSync(stampPath, stamp)
      return { path }
    }
    reasons.push(failure)
  }
  rmSync(fresh, { force: true })
  // A copy of another version would be loaded by a run from source.
  rmSync(path, { force: true })
  return { path: undefined, reason: reasons.at(-1) ?? `no C++ compiler for ${target.id}` }
}

function compilerChoices(target: Target): string[][] {
  const host = hostTarget()
  const own = process.env.CXX ? [process.env.CXX.split(' ')] : [['c++'], ['g++'], ['clang++']]
  if (runsHere(target)) return own
  if (host?.os === 'darwin' && target.os === 'darwin') {
    const arch = target.cpu === 'x64' ? 'x86_64' : 'arm64'
    return own.map((compiler) => [...compiler, '-arch', arch])
  }
  return target.crossCompilers
}

/** Undefined when it worked, else the reason. */
function compile(
  compiler: string[],
  options: { root: string; source: string; target: Target; output: string },
): string | undefined {
  const modules = join(options.root, 'node_modules')
  const base = [
    ...compiler,
    ...compileFlags,
    `-I${join(modules, 'node-addon-api')}`,
    `-I${join(modules, 'node-api-headers/include')}`,
    options.source,
    '-o',
    options.output,
  ]
  let reason = ''
  for (const link of linkFlags[options.target.os]) {
    if (!Bun.which(compiler[0] ?? '')) return `${compiler[0]} is not installed`
    const run = Bun.spawnSync([...base, ...link], { stderr: 'pipe', stdout: 'ignore' })
    if (run.exitCode === 0) return undefined
    reason =
      run.stderr
        .toString()
        .split('\n')
        .find((line) => line.includes('error')) ?? ''
  }
  return `${compiler[0]} failed: ${reason || 'no reason given'}`
}
