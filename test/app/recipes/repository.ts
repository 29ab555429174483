/** A real git repository in a temporary directory, made in a few words. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runProgram } from '../../../src/base/process.ts'

export interface Repository {
  root: string
  write(files: Record<string, string | Uint8Array>): void
  git(...words: string[]): Promise<string>
  /** Writes, stages and commits. */
  commit(subject: string, files: Record<string, string>): Promise<void>
  remove(): void
}

/** Nothing of the person's own configuration counts. */
const env = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
}

export async function makeRepository(
  options: { git: boolean } = { git: true },
): Promise<Repository> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'codi-recipes-')))
  const repository: Repository = {
    root,
    write(files) {
      for (const [path, content] of Object.entries(files)) {
        const absolute = join(root, path)
        mkdirSync(dirname(absolute), { recursive: true })
        writeFileSync(absolute, content)
      }
    },
    async git(...words) {
      const done = await runProgram(['git', ...words], { cwd: root, env })
      if (done.exitCode !== 0) throw new Error(`git ${words.join(' ')}: ${done.stderr}`)
      return done.stdout
    },
    async commit(subject, files) {
      repository.write(files)
      await repository.git('add', '-A')
      await repository.git('commit', '-q', '-m', subject)
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
  if (options.git) {
    await repository.git('init', '-q', '-b', 'main')
    // What `commit --apply` needs: it runs git with the environment of the process.
    await repository.git('config', 'user.name', 'Ann')
    await repository.git('config', 'user.email', 'ann@example.org')
    await repository.git('config', 'commit.gpgsign', 'false')
  }
  return repository
}
