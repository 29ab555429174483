/** A small project on disk with history, and the app over it with its real tools and workers. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openApp } from '../../../src/app/app.ts'
import { runProgram } from '../../../src/base/process.ts'
import { codiPaths } from '../../../src/config/paths.ts'
import { defaultSettings } from '../../../src/config/schema.ts'
import type { Finding, Review } from '../../../src/contract/review.ts'
import { isBelowTmp } from '../../support/below-tmp.ts'

export interface Project extends AsyncDisposable {
  root: string
  write(files: Record<string, string | undefined>): void
  /** Each a minute after the one before, since git tells times by the second. */
  commit(subject: string): Promise<void>
  /** The answer to a question of a new conversation. */
  ask(text: string): Promise<string>
  explain(target: string): Promise<string>
  /** Findings on what changed since the last commit. */
  review(): Promise<Finding[]>
}

const author = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
}

/** Writes and commits `files`. With `servers` the language servers of this repository are the project's own. */
export async function openProject(
  files: Record<string, string>,
  options: { servers?: boolean } = {},
): Promise<Project> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'codi-builtin-')))
  const root = join(directory, 'work')
  mkdirSync(root)
  const signal = AbortSignal.timeout(55_000)
  let minute = 10
  const git = async (...args: string[]): Promise<string> => {
    const date = `2026-01-02T03:${minute}:00Z`
    const env = { ...author, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
    const done = await runProgram(['git', ...args], { cwd: root, env })
    if (done.exitCode !== 0) throw new Error(`git ${args[0]}: ${done.stderr}`)
    return done.stdout
  }
  const write: Project['write'] = (changed) => {
    for (const [path, content] of Object.entries(changed)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      if (content === undefined) rmSync(join(root, path))
      else writeFileSync(join(root, path), content)
    }
  }
  const commit: Project['commit'] = async (subject) => {
    await git('add', '-A')
    await git('commit', '-q', '-m', subject)
    minute++
  }
  write({ '.gitignore': 'node_modules\n', ...files })
  if (options.servers)
    symlinkSync(join(import.meta.dir, '../../../node_modules'), join(root, 'node_modules'))
  await git('init', '-q')
  await commit('feat: all of it')
  const app = await openApp({
    cwd: root,
    env: { PATH: process.env.PATH },
    paths: codiPaths({ CODI_HOME: join(directory, 'home') }),
    settings: {
      ...defaultSettings,
      provider: 'builtin',
      // The servers are those of this checkout.
      ...(options.servers && isBelowTmp ? { sandbox: 'off' as const } : {}),
    },
    ephemeral: true,
  })
  const run = async (input: { text: string; recipe?: string; stdin?: string }): Promise<string> => {
    app.newSession()
    const result = await app.run(input, signal)
    if (!result.ok) throw new Error(`${result.error?.kind}: ${result.error?.message}`)
    return result.text
  }
  return {
    root,
    write,
    commit,
    ask: (text) => run({ text }),
    explain: (target) => run({ text: `Explain \`${target}\`.`, recipe: 'explain' }),
    async review() {
      await git('add', '-A', '-N')
      const stdin = await git('diff', '--find-renames', 'HEAD')
      const review: Review = JSON.parse(await run({ text: 'Review it.', recipe: 'review', stdin }))
      return review.findings
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
