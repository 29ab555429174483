/**
 * Where package managers keep what they download. Their usual places lie in the home directory, which no command may
 * write; so each workspace gets caches of its own below codi's cache. They are not shared between workspaces: what one
 * repository's scripts left there must not be what another one installs.
 */
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isWithin } from '../../../src/base/paths.ts'
import { readSmallFile } from '../../../src/base/small-file.ts'

interface CacheRow {
  variable: string
  /** Below the private caches. */
  place: string
}

const cacheRows: readonly CacheRow[] = [
  { variable: 'XDG_CACHE_HOME', place: 'cache' },
  { variable: 'npm_config_cache', place: 'npm' },
  { variable: 'PNPM_HOME', place: 'pnpm' },
  { variable: 'COREPACK_HOME', place: 'corepack' },
  { variable: 'YARN_CACHE_FOLDER', place: 'yarn' },
  { variable: 'YARN_GLOBAL_FOLDER', place: 'yarn-global' },
  { variable: 'BUN_INSTALL_CACHE_DIR', place: 'bun' },
  { variable: 'DENO_DIR', place: 'deno' },
  { variable: 'PIP_CACHE_DIR', place: 'pip' },
  { variable: 'UV_CACHE_DIR', place: 'uv' },
  { variable: 'POETRY_CACHE_DIR', place: 'poetry' },
  { variable: 'CARGO_HOME', place: 'cargo' },
  { variable: 'GOCACHE', place: 'go-build' },
  { variable: 'GOMODCACHE', place: 'go-mod' },
  { variable: 'GRADLE_USER_HOME', place: 'gradle' },
  { variable: 'NUGET_PACKAGES', place: 'nuget' },
  { variable: 'COMPOSER_CACHE_DIR', place: 'composer' },
  { variable: 'BUNDLE_USER_CACHE', place: 'bundle' },
  { variable: 'CCACHE_DIR', place: 'ccache' },
  { variable: 'SCCACHE_DIR', place: 'sccache' },
  { variable: 'MPLCONFIGDIR', place: 'matplotlib' },
]

/** What is only read: large and already there, found again although XDG_CACHE_HOME leads elsewhere. */
const readRows: readonly { variable: string; home: string; value?: (path: string) => string }[] = [
  {
    variable: 'GOPROXY',
    home: 'go/pkg/mod/cache/download',
    value: (path) => `file://${path},https://proxy.golang.org,direct`,
  },
  { variable: 'GRADLE_RO_DEP_CACHE', home: '.gradle/caches' },
  { variable: 'NUGET_FALLBACK_PACKAGES', home: '.nuget/packages' },
  { variable: 'PLAYWRIGHT_BROWSERS_PATH', home: '.cache/ms-playwright' },
  { variable: 'PUPPETEER_CACHE_DIR', home: '.cache/puppeteer' },
  { variable: 'CYPRESS_CACHE_FOLDER', home: '.cache/Cypress' },
  { variable: 'HF_HOME', home: '.cache/huggingface' },
  { variable: 'TORCH_HOME', home: '.cache/torch' },
  { variable: 'RUSTUP_HOME', home: '.rustup' },
]

/** Settings that a tool keeps beside its cache: linked into the private one. */
const linkedFiles: readonly { home: string; place: string }[] = [
  { home: '.cargo/config.toml', place: 'cargo/config.toml' },
  { home: '.cargo/config', place: 'cargo/config' },
]

/** Makes the private caches of a workspace; undefined where they cannot be kept. */
export function openCaches(
  directory: string,
  { home, unreadable }: { home: string | undefined; unreadable: readonly string[] },
): string | undefined {
  try {
    mkdirSync(join(directory, 'cargo'), { recursive: true, mode: 0o700 })
    for (const { home: source, place } of home ? linkedFiles : []) {
      const path = join(home ?? '', source)
      if (existsSync(path) && !existsSync(join(directory, place)))
        symlinkSync(path, join(directory, place))
    }
    const npmrc = join(home ?? '/', '.npmrc')
    if (unreadable.includes(npmrc)) copyWithoutSecrets(npmrc, join(directory, npmSettings))
    else rmSync(join(directory, npmSettings), { force: true })
    return realpathSync(directory)
  } catch {
    return undefined
  }
}

const npmSettings = 'npmrc'
const maxSettingsBytes = 64 * 1024
const secretSetting =
  /_auth|_password|username|email|certfile|keyfile|\b(?:key|cert)\b|:\/\/[^/\s]*@/i

/** npm's settings hold tokens, so they cannot be read; which registry is used must not change for that. */
function copyWithoutSecrets(source: string, target: string): void {
  try {
    const lines = readSmallFile(source, maxSettingsBytes).split('\n')
    const kept = lines.filter((line) => !secretSetting.test(line))
    writeFileSync(target, kept.join('\n'), { mode: 0o600 })
  } catch {
    rmSync(target, { force: true })
  }
}

/**
 * Variables that lead to the caches in `directory`. What the person set stays where it leads, as long as commands may
 * write there.
 */
export function cacheEnvironment(
  directory: string,
  outer: Readonly<Record<string, string | undefined>>,
  writable: readonly string[],
): Record<string, string> {
  const set: Record<string, string> = {}
  for (const { variable, place } of cacheRows) {
    const chosen = outer[variable]
    if (chosen !== undefined && writable.some((root) => isWithin(chosen, root))) continue
    set[variable] = join(directory, place)
  }
  const home = outer.HOME
  if (!home) return set
  for (const { variable, home: place, value = String } of readRows) {
    const path = join(home, place)
    if (outer[variable] === undefined && existsSync(path)) set[variable] = value(path)
  }
  const npmrc = join(directory, npmSettings)
  if (outer.npm_config_userconfig === undefined && existsSync(npmrc))
    set.npm_config_userconfig = npmrc
  const maven = join(home, '.m2/repository')
  set.MAVEN_ARGS =
    `${outer.MAVEN_ARGS ?? ''} -Dmaven.repo.local=${join(directory, 'maven')} -Dmaven.repo.local.tail=${maven}`.trim()
  return set
}

/** Without these a program that may not write the home directory does not even start its work. */
const neededByServers = new Set(['XDG_CACHE_HOME', 'GOCACHE'])

/**
 * The same for a program that only looks (a language server): what commands have downloaded where they have, else what
 * the person has, which is there to be read. What it builds goes to the caches, too.
 */
export function sharedCacheEnvironment(
  directory: string,
  outer: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const isUsed = (path: string) =>
    !isWithin(path, directory) ||
    existsSync(path === join(directory, 'cargo') ? join(path, 'registry') : path)
  const chosen = Object.entries(cacheEnvironment(directory, outer, [])).filter(
    ([name, value]) => neededByServers.has(name) || isUsed(value),
  )
  return { ...Object.fromEntries(chosen), CARGO_TARGET_DIR: join(directory, 'server-target') }
}
