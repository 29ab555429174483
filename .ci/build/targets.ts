/**
 * The platforms codi is built for, as data: which npm packages hold Bun, the keyring addon and ripgrep for each, and
 * which compilers can make its native addon from another machine. A new platform is a row.
 */
import { readFileSync } from 'node:fs'

export interface Target {
  /** `linux-x64`; release assets are named by it. */
  id: string
  /** What Bun calls it, and the npm package that holds its runtime. */
  compile: Bun.Build.CompileTarget
  bunPackage: string
  os: 'linux' | 'darwin'
  cpu: 'x64' | 'arm64'
  libc: 'glibc' | 'musl' | undefined
  keyringPackage: string
  /** ripgrep for Linux is linked statically: one package serves both C libraries. */
  ripgrepPackage: string
  /** Compilers to try from another platform, each with the arguments it needs. */
  crossCompilers: string[][]
}

export const targets: readonly Target[] = [
  {
    id: 'linux-x64',
    compile: 'bun-linux-x64',
    bunPackage: '@oven/bun-linux-x64',
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
    keyringPackage: '@napi-rs/keyring-linux-x64-gnu',
    ripgrepPackage: '@vscode/ripgrep-linux-x64',
    crossCompilers: [['x86_64-linux-gnu-g++']],
  },
  {
    id: 'linux-x64-baseline',
    compile: 'bun-linux-x64-baseline',
    bunPackage: '@oven/bun-linux-x64-baseline',
    os: 'linux',
    cpu: 'x64',
    libc: 'glibc',
    keyringPackage: '@napi-rs/keyring-linux-x64-gnu',
    ripgrepPackage: '@vscode/ripgrep-linux-x64',
    crossCompilers: [['x86_64-linux-gnu-g++']],
  },
  {
    id: 'linux-x64-musl',
    compile: 'bun-linux-x64-musl',
    bunPackage: '@oven/bun-linux-x64-musl',
    os: 'linux',
    cpu: 'x64',
    libc: 'musl',
    keyringPackage: '@napi-rs/keyring-linux-x64-musl',
    ripgrepPackage: '@vscode/ripgrep-linux-x64',
    crossCompilers: [['x86_64-linux-musl-g++']],
  },
  {
    id: 'linux-arm64',
    compile: 'bun-linux-arm64',
    bunPackage: '@oven/bun-linux-aarch64',
    os: 'linux',
    cpu: 'arm64',
    libc: 'glibc',
    keyringPackage: '@napi-rs/keyring-linux-arm64-gnu',
    ripgrepPackage: '@vscode/ripgrep-linux-arm64',
    crossCompilers: [['aarch64-linux-gnu-g++']],
  },
  {
    id: 'linux-arm64-musl',
    compile: 'bun-linux-arm64-musl',
    bunPackage: '@oven/bun-linux-aarch64-musl',
    os: 'linux',
    cpu: 'arm64',
    libc: 'musl',
    keyringPackage: '@napi-rs/keyring-linux-arm64-musl',
    ripgrepPackage: '@vscode/ripgrep-linux-arm64',
    crossCompilers: [['aarch64-linux-musl-g++']],
  },
  {
    id: 'darwin-x64',
    compile: 'bun-darwin-x64',
    bunPackage: '@oven/bun-darwin-x64',
    os: 'darwin',
    cpu: 'x64',
    libc: undefined,
    keyringPackage: '@napi-rs/keyring-darwin-x64',
    ripgrepPackage: '@vscode/ripgrep-darwin-x64',
    crossCompilers: [],
  },
  {
    id: 'darwin-arm64',
    compile: 'bun-darwin-arm64',
    bunPackage: '@oven/bun-darwin-aarch64',
    os: 'darwin',
    cpu: 'arm64',
    libc: undefined,
    keyringPackage: '@napi-rs/keyring-darwin-arm64',
    ripgrepPackage: '@vscode/ripgrep-darwin-arm64',
    crossCompilers: [],
  },
]

/** `linux-arm64` or `bun-linux-arm64`; undefined for a name that is not in the table. */
export function findTarget(name: string): Target | undefined {
  const id = name.replace(/^bun-/, '').replace('aarch64', 'arm64')
  return targets.find((target) => target.id === id)
}

/** The platform this process runs on; undefined where codi cannot be built. */
export function hostTarget(): Target | undefined {
  const id = `${process.platform}-${process.arch}`
  return findTarget(process.platform === 'linux' && isMusl() ? `${id}-musl` : id)
}

/** True when an executable for `target` can be run on this machine. */
export function runsHere(target: Target): boolean {
  const host = hostTarget()
  return target.os === host?.os && target.cpu === host.cpu && target.libc === host.libc
}

function isMusl(): boolean {
  // A machine with glibc may have musl's loader too, for its compiler: what this process runs on tells.
  return readFileSync('/proc/self/maps', 'latin1').includes('/ld-musl-')
}
