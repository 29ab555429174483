/** `codi review`: findings on a diff that is piped in, or on what changed in the working tree. */
import { CodiError } from '../../base/errors.ts'
import type { Finding, Severity } from '../../contract/review.ts'
import { looksLikeDiff } from '../../providers/builtin/diff.ts'
import { exitCodes } from '../exit-code.ts'
import { capDiff } from './cap-diff.ts'
import {
  diffOf,
  diffOfCommit,
  type GitPlace,
  headOrEmptyTree,
  mergeBase,
  requireRepository,
  untrackedFiles,
} from './git.ts'
import type { Finished, Recipe, RecipeAnswer, RecipeFlags, RecipeInput } from './recipe.ts'
import { renderReview } from './render-review.ts'
import instruction from './review.md' with { type: 'text' }
import { parseReview, reviewSchema } from './review-answer.ts'
import { recipeRows } from './rows.ts'
import { toSarif } from './sarif.ts'
import { untrackedDiff } from './untracked.ts'

export const review: Recipe = {
  ...recipeRows.review,
  streams: false,
  formats: ['sarif'],
  async prepare(input, signal) {
    const gathered = await gatherDiff(input, signal)
    if (typeof gathered === 'string') return { kind: 'nothing', message: gathered, exitCode: 0 }
    const capped = capDiff(gathered.diff)
    const note = input.args.join(' ').trim()
    return {
      kind: 'run',
      recipe: 'review',
      prompt: instruction.trim() + (note === '' ? '' : `\n\nWhat the author says or asks: ${note}`),
      stdin: capped.diff,
      outputSchema: reviewSchema,
      allowedTools: readOnlyTools,
      mode: 'plan',
      notices: [...gathered.notices, ...capped.notices],
    }
  },
  finish: finishReview,
}

const readOnlyTools = [
  'read_file',
  'glob',
  'grep',
  'list_directory',
  'print_tree',
  'recall_result',
  'search_codebase',
  'find_symbol',
  'find_references',
  'goto_definition',
  'get_call_graph',
  'get_dependency_graph',
  'get_inheritance',
  'show_impact',
  'outline',
  'hover',
  'diagnostics',
  'git_log',
]

/** The diff, or a sentence when there is nothing in it. */
async function gatherDiff(
  { stdin, flags, cwd }: RecipeInput,
  signal: AbortSignal,
): Promise<{ diff: string; notices: string[] } | string> {
  const sources = ['staged', 'base', 'commit'].filter((name) => flags[name] !== undefined)
  if (sources.length > 1) {
    throw new CodiError(
      'usage',
      `--${sources.join(' and --')} exclude each other; give one of them`,
    )
  }
  if (stdin !== undefined && sources.length === 0) {
    if (stdin.trim() === '') return 'There is nothing to review: the diff on stdin is empty.'
    if (!looksLikeDiff(stdin)) {
      throw new CodiError('usage', 'What was piped in is not a diff; use: git diff | codi review')
    }
    return { diff: stdin, notices: [] }
  }
  const place: GitPlace = { cwd, signal }
  await requireRepository(place, 'pipe a diff in: diff -u old new | codi review')
  const gathered = await diffByFlags(place, flags)
  if (gathered.diff.trim() !== '') return gathered
  return nothingBy(flags)
}

async function diffByFlags(
  place: GitPlace,
  flags: RecipeFlags,
): Promise<{ diff: string; notices: string[] }> {
  if (flags.staged) return { diff: await diffOf(place, ['--cached']), notices: [] }
  if (typeof flags.commit === 'string')
    return { diff: await diffOfCommit(place, flags.commit), notices: [] }
  const since =
    typeof flags.base === 'string'
      ? await mergeBase(place, flags.base)
      : await headOrEmptyTree(place)
  const tracked = await diffOf(place, [since])
  const untracked = await untrackedDiff(place.cwd, await untrackedFiles(place))
  return { diff: tracked + untracked.diff, notices: untracked.notices }
}

function nothingBy(flags: RecipeFlags): string {
  if (flags.staged)
    return 'There is nothing to review: nothing is staged here (git add stages a file).'
  if (typeof flags.base === 'string')
    return `There is nothing to review: nothing changed here since ${flags.base}.`
  if (typeof flags.commit === 'string')
    return `There is nothing to review: ${flags.commit} changed nothing here.`
  return 'There is nothing to review: the working tree has no changes here (--base REF and --commit SHA look further back).'
}

async function finishReview(answer: RecipeAnswer): Promise<Finished> {
  const { review: parsed, structured } = await parseReview(answer.text)
  const exitCode = reviewExitCode(parsed.findings, answer.flags['fail-on'])
  const data = {
    summary: parsed.summary,
    findings: parsed.findings.map((finding) => ({ ...finding })),
  }
  const notices = structured
    ? []
    : [
        'The model did not answer in the form that was asked for: its text is shown as it is, and --fail-on has nothing to judge by',
      ]
  const text =
    answer.format === 'sarif'
      ? JSON.stringify(toSarif(parsed), null, 2)
      : answer.format === 'json'
        ? JSON.stringify(data, null, 2)
        : renderReview(parsed, { color: answer.color })
  return { text, notices, exitCode, data }
}

const ranks: Record<Severity, number> = { info: 0, warning: 1, error: 2 }

/** 7 when a finding is at or above `failOn`, else 0. */
export function reviewExitCode(
  findings: readonly Finding[],
  failOn: string | true | undefined,
): number {
  if (failOn !== 'info' && failOn !== 'warning' && failOn !== 'error') return 0
  return findings.some((finding) => ranks[finding.severity] >= ranks[failOn])
    ? exitCodes.findings
    : 0
}
