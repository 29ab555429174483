/** Which commits changed a file, or some of its lines. Reads only: nothing that a repository configures is started. */
import { type Static, Type } from '@sinclair/typebox'
import { CodiError } from '../../base/errors.ts'
import { lookGit } from '../../base/look-git.ts'
import type { ProgramResult } from '../../base/process.ts'
import { oneLine } from '../../base/text.ts'
import type { Tool, ToolContext } from '../../contract/tool.ts'
import { findPlace } from '../search/search-place.ts'
import { blamedLines, type Commit, lineCommits } from './git-blame.ts'
import text from './git-log.md' with { type: 'text' }

const input = Type.Object({
  path: Type.Optional(Type.String()),
  lines: Type.Optional(Type.String()),
})

const maxCommits = 10
const timeoutMs = 5_000
const maxBytes = 4 * 1024 * 1024

export const gitLog: Tool<typeof input> = {
  name: 'git_log',
  text,
  input,
  effect: 'read',
  async run(given, context) {
    const place = await findPlace(context, given.path)
    const absent = await noHistory(context)
    if (absent !== undefined) return { content: `There is no history here: ${absent}.`, data: [] }
    const cwd = context.workspace.root
    const git = (args: string[]) => runGit(context, cwd, args)
    const lines = place.isDirectory ? undefined : parseLines(given)
    const blamed = lines && (await blamedLines(git, { path: place.absolute, ...lines }))
    const commits = blamed
      ? lineCommits(blamed).slice(0, maxCommits)
      : readLog(await git([...logArgs, `-${maxCommits}`, '--', place.absolute]))
    const rows = commits.map(
      (row) => `${row.commit} ${row.date} ${oneLine(row.author, 60)}: ${row.subject}`,
    )
    const whole =
      lines && !blamed ? `[of the whole file: lines ${given.lines} are not committed yet]\n` : ''
    return {
      content: rows.length === 0 ? `No commit has ${place.shown} yet.` : whole + rows.join('\n'),
      detail: { type: 'list', lines: rows },
      data: commits.map((row) => ({ ...row })),
    }
  },
}

const logArgs = ['log', '--no-merges', '--format=%h%x09%as%x09%an%x09%s']

function readLog(result: ProgramResult): Commit[] {
  return result.stdout.split('\n').flatMap((line) => {
    const [commit = '', date = '', author = '', ...subject] = line.split('\t')
    if (commit === '') return []
    return [{ commit, date, author, subject: oneLine(subject.join(' '), 200) }]
  })
}

function parseLines(given: Static<typeof input>): { from: number; to: number } | undefined {
  if (given.lines === undefined || given.lines.trim() === '') return undefined
  const found = /^\s*(\d+)(?:\s*[-,:]\s*(\d+))?\s*$/.exec(given.lines)
  const from = Number(found?.[1])
  const to = Number(found?.[2] ?? found?.[1])
  if (found && from >= 1 && to >= from) return { from, to }
  throw new CodiError('invalid', `"${given.lines}" is no range of lines; write it as 40-60`)
}

/** Why there is none; where there is no repository that is an answer, not a failure. */
async function noHistory(context: ToolContext): Promise<string | undefined> {
  try {
    await runGit(context, context.workspace.root, ['rev-parse', '--git-dir'])
    return undefined
  } catch (thrown) {
    if (thrown instanceof CodiError && ['unsupported', 'not_found'].includes(thrown.kind))
      return thrown.message
    throw thrown
  }
}

async function runGit(context: ToolContext, cwd: string, args: string[]): Promise<ProgramResult> {
  const { signal } = context
  const result = await lookGit(args, { cwd, signal, timeoutMs, maxBytes })
  if (result.exitCode === 0) return result
  const said = oneLine(result.stderr, 200)
  // A repository whose first commit is still to come.
  if (
    /does not have any commits yet|bad default revision|[Nn]ot a valid object name HEAD/.test(said)
  )
    return { ...result, stdout: '' }
  if (/not a git repository|dubious ownership/.test(said)) throw new CodiError('unsupported', said)
  throw new CodiError('io', `git failed: ${said || `exit status ${result.exitCode}`}`)
}
