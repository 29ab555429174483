/**
 * Records which functions the usual runs of codi use. The bundler lays their bytecode out first; the program does the
 * same with and without, so a recording that fails only costs the gain.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The most common way of starting first. */
const runs: readonly { name: string; args: string[] }[] = [
  { name: 'one-shot', args: ['--provider', 'mock', 'hello'] },
  { name: 'help', args: ['--help'] },
]
const limitMs = 30_000

export function recordProfiles(binary: string, directory: string): void {
  const home = join(directory, 'home')
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  const script = join(home, 'script.json')
  writeFileSync(script, JSON.stringify({ responses: [{ content: '# Hello\n\n*hello*' }] }))
  for (const { name, args } of runs) {
    const profile = profilePath(directory, name)
    const run = Bun.spawnSync([binary, ...args], {
      cwd: home,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        CODI_HOME: home,
        CODI_MOCK_FILE: script,
        BUN_BYTECODE_ORDER_OUT: profile,
      },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'ignore',
      timeout: limitMs,
    })
    if (run.exitCode !== 0) {
      rmSync(profile, { force: true })
      console.error(`build: no profile of codi ${args.join(' ')} (exit ${run.exitCode})`)
    }
  }
  rmSync(home, { recursive: true, force: true })
}

/** Those that exist. */
export function profilePaths(directory: string): string[] {
  return runs.map(({ name }) => profilePath(directory, name)).filter((path) => existsSync(path))
}

function profilePath(directory: string, name: string): string {
  return join(directory, `${name}.order`)
}
