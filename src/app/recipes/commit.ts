/** `codi commit`: the message for what is staged; `--apply` also commits it. */
import { CodiError } from '../../base/errors.ts'
import { runProgram } from '../../base/process.ts'
import { looksLikeDiff } from '../../providers/builtin/diff.ts'
import { capDiff } from './cap-diff.ts'
import instruction from './commit.md' with { type: 'text' }
import { diffOf, type GitPlace, recentSubjects, requireRepository, untrackedFiles } from './git.ts'
import type { Finished, Prepared, Recipe, RecipeAnswer, RecipeInput } from './recipe.ts'
import { recipeRows } from './rows.ts'

const subjectsShown = 10
const commitCommand = ['git', 'commit', '--cleanup=whitespace', '-F', '-']
/** A commit runs the hooks of the project: tests and linters take their time. */
const commitTimeoutMs = 15 * 60_000

export const commit: Recipe = {
  ...recipeRows.commit,
  streams: false,
  formats: [],
  prepare,
  finish,
}

async function prepare(input: RecipeInput, signal: AbortSignal): Promise<Prepared> {
  const place: GitPlace = { cwd: input.cwd, signal }
  const piped = input.stdin !== undefined && input.stdin.trim() !== '' ? input.stdin : undefined
  if (piped !== undefined && !looksLikeDiff(piped)) {
    throw new CodiError(
      'usage',
      'What was piped in is not a diff; stage the change and run codi commit',
    )
  }
  if (piped !== undefined && input.flags.apply) {
    throw new CodiError(
      'usage',
      '--apply commits what is staged, so it takes no piped diff; run codi commit --apply alone',
    )
  }
  if (piped === undefined) await requireRepository(place, 'run git init first')
  const diff = piped ?? (await diffOf(place, ['--cached']))
  if (diff.trim() === '')
    return { kind: 'nothing', message: await nothingStaged(place), exitCode: 1 }
  // Known before a model is paid for the message.
  if (input.flags.apply) await input.approve(commitCommand.join(' '))
  const capped = capDiff(diff)
  const subjects = await recentSubjects(place, subjectsShown).catch(() => [])
  const note = input.args.join(' ').trim()
  return {
    kind: 'run',
    recipe: 'commit',
    prompt: [
      instruction.trim(),
      subjects.length === 0
        ? ''
        : `Recent subjects:\n${subjects.map((line) => `- ${line}`).join('\n')}`,
      note === '' ? '' : `What the author says of it: ${note}`,
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    stdin: capped.diff,
    allowedTools: ['read_file', 'grep', 'glob', 'find_symbol', 'outline'],
    mode: 'plan',
    notices: capped.notices,
  }
}

async function nothingStaged(place: GitPlace): Promise<string> {
  const changed = await diffOf(place, []).catch(() => '')
  const untracked = await untrackedFiles(place).catch(() => [])
  if (changed === '' && untracked.length === 0)
    return 'There is nothing to commit: nothing changed here.'
  return 'Nothing is staged: choose what belongs into the commit with git add (git add -p asks hunk by hunk), then run codi commit again.'
}

async function finish(answer: RecipeAnswer, signal: AbortSignal): Promise<Finished> {
  const message = cleanMessage(answer.text)
  if (message === '') {
    throw new CodiError(
      'provider',
      'The model gave no commit message; try again, or write one with git commit',
    )
  }
  if (!answer.flags.apply) return { text: message, notices: [], exitCode: 0 }
  await answer.approve(commitCommand.join(' '))
  const done = await runProgram(commitCommand, {
    cwd: answer.cwd,
    signal,
    stdin: `${message}\n`,
    timeoutMs: commitTimeoutMs,
  })
  const said = [done.stdout, done.stderr].map((text) => text.trim()).filter((text) => text !== '')
  if (done.exitCode === 0)
    return { text: [message, '', ...said].join('\n'), notices: [], exitCode: 0 }
  return {
    text: message,
    notices: [
      `git commit failed with status ${done.exitCode}; the message above was not used`,
      ...said,
    ],
    exitCode: 1,
  }
}

/** The message alone: without thinking aloud before it, fences, quotes, labels and trailing white space. */
export function cleanMessage(text: string): string {
  const fenced = /```[\w-]*\n([\s\S]*?)```/.exec(text)
  let message = (fenced?.[1] ?? text).replace(/\r\n/g, '\n').trim()
  if (!fenced)
    message = message.replace(/^(?:here(?:'s| is)|sure|certainly|commit message)[^\n]*:\s*\n+/i, '')
  message = message.replace(/^(?:commit message|message|subject):\s*/i, '')
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(message)
  if (quoted && !(quoted[2] as string).includes(quoted[1] as string)) message = quoted[2] as string
  const [subject = '', ...body] = message
    .trim()
    .split('\n')
    .map((line) => line.trimEnd())
  const tidy = subject
    .replace(/^\*\*(.*)\*\*$/, '$1')
    .replace(/^#+\s*/, '')
    .replace(/\.$/, '')
  const rest = body.join('\n').replace(/^\n+/, '').trimEnd()
  return rest === '' ? tidy : `${tidy}\n\n${rest}`
}
