/**
 * Questions from a git history: a commit's subject asks for the files that it changed, in the tree as it is now. The
 * older half is for fitting, the newer for testing.
 */
import { mkdirSync } from 'node:fs'
import { runProgram } from '../../../src/base/process.ts'

export interface CommitQuestion {
  text: string
  /** Any of them is right. */
  paths: string[]
  part: 'tune' | 'test'
}

const maxFiles = 10
const minWords = 3
/** Tests change with almost everything; what is asked for is the code. */
const tests = /(?:^|\/)(?:tests?|__tests__|specs?|fixtures)\/|[._](?:test|spec)\.\w+$/
const source = /\.(?:[cm]?[jt]sx?|go|rs|py|java|cc|cpp|h|hpp|rb|sh|php|cs)$/
const maxBytes = 256 * 1024 * 1024
const timeoutMs = 120_000

export async function commitQuestions(repository: string): Promise<CommitQuestion[]> {
  const log = await git(repository, ['log', '--no-merges', '--format=%x1e%s', '--name-only'])
  const present = new Set((await git(repository, ['ls-files'])).split('\n'))
  const found = log.split('\x1e').flatMap((record) => {
    const [subject = '', ...names] = record.trim().split('\n')
    const paths = names.filter(
      (name) => source.test(name) && !tests.test(name) && present.has(name),
    )
    // `feat(agent): …` says where to look; a person who asks does not know it.
    const text = subject.replace(/^\w+(?:\([^)]*\))?!?:\s*/, '').replace(/\s*\(#\d+\)$/, '')
    const asks = text.split(/\s+/).length >= minWords
    return asks && paths.length > 0 && paths.length <= maxFiles ? [{ text, paths }] : []
  })
  return found.map((question, index) => ({
    ...question,
    part: index < found.length / 2 ? 'test' : 'tune',
  }))
}

/** The tree of HEAD without its history, and without the change log, which is made of the subjects. */
export async function exportTree(repository: string, target: string): Promise<void> {
  mkdirSync(target, { recursive: true })
  const archive = `${target}.tar`
  await git(repository, ['archive', '--output', archive, 'HEAD'])
  await runProgram(['tar', '-xf', archive, '-C', target, '--exclude=CHANGELOG.md'], { timeoutMs })
}

async function git(cwd: string, argv: string[]): Promise<string> {
  const run = await runProgram(['git', ...argv], { cwd, timeoutMs, maxBytes })
  if (run.exitCode !== 0) throw new Error(`git ${argv[0]} in ${cwd}: ${run.stderr.trim()}`)
  return run.stdout
}
