/**
 * Runs ripgrep for the search tools: always bounded, never with a person's own configuration, and `.gitignore` honoured
 * also where there is no git. What could not be read is a value beside the output, not a failure.
 */
import { CodiError } from '../../base/errors.ts'
import { pinDirectory } from '../../base/pinned-directory.ts'
import { runProgram } from '../../base/process.ts'
import { oneLine } from '../../base/text.ts'
import type { ToolContext } from '../../contract/tool.ts'

/** What looking at files needs of a call's context; commands of a person bring no more. */
export type LookContext = Pick<ToolContext, 'workspace' | 'services' | 'signal'>

export interface RipgrepOutput {
  stdout: string
  /** The output reached `maxBytes`: there is more. */
  truncated: boolean
  /** Files and directories that could not be read, with the reason. */
  unreadable: string[]
}

const timeoutMs = 30_000
const maxBytes = 32 * 1024 * 1024
const maxUnreadable = 20

/** Throws a CodiError: `invalid` for a pattern ripgrep refuses, `limit` when the search takes too long. */
export async function runRipgrep(
  context: LookContext,
  args: string[],
  options: { cwd: string },
): Promise<RipgrepOutput> {
  const program = await context.services.ripgrep()
  const argv = [program, '--no-config', '--no-require-git', '--color', 'never', ...args]
  // The directory was judged by its resolved path: a link that somebody puts there is not followed.
  const directory = pinDirectory(options.cwd)
  const result = await runProgram(argv, {
    cwd: directory.sharedPath,
    signal: context.signal,
    timeoutMs,
    maxBytes,
  })
    .catch((thrown) => {
      throw thrown instanceof CodiError && thrown.kind === 'limit' ? tooSlow() : thrown
    })
    .finally(() => directory.close())
  directory.verify()
  const { unreadable, refusal } = readComplaints(result.stderr)
  if (result.exitCode === 2 && refusal !== undefined) throw new CodiError('invalid', refusal)
  return { stdout: result.stdout, truncated: result.truncated, unreadable }
}

function tooSlow(): CodiError {
  return new CodiError(
    'limit',
    `The search did not end in ${timeoutMs / 1000} s; narrow it with path or a file pattern`,
  )
}

/**
 * ripgrep says one line a file it cannot read (`rg: ./a: Permission denied (os error 13)`, before version 14 without
 * its name); anything else that it
 * says with exit status 2 is about its arguments.
 */
function readComplaints(stderr: string): { unreadable: string[]; refusal: string | undefined } {
  const unreadable: string[] = []
  const other: string[] = []
  for (const line of stderr.split('\n')) {
    const complaint = /^(?:rg: )?(.+): (.+) \(os error \d+\)$/.exec(line)
    if (complaint) unreadable.push(`${plainPath(complaint[1] ?? '')} (${complaint[2]})`)
    else if (line.trim() !== '') other.push(line)
  }
  return {
    unreadable: unreadable.slice(0, maxUnreadable),
    refusal: other.length === 0 ? undefined : wordRefusal(other.join('\n')),
  }
}

function wordRefusal(text: string): string {
  const reason = /^error: (.+)$/m.exec(text)?.[1] ?? text.replace(/^rg: /, '')
  return oneLine(reason, 400)
}

/** `./src/a.ts: IO error for operation on src/a.ts` is `src/a.ts`. */
function plainPath(path: string): string {
  return path.replace(/: IO error for operation on .*$/, '').replace(/^\.\//, '')
}

/** A note for the model where something could not be read; empty where all could. */
export function unreadableNote(unreadable: readonly string[]): string {
  if (unreadable.length === 0) return ''
  const shown = unreadable.slice(0, 5).map((place) => showName(place))
  const rest = unreadable.length > shown.length ? ', …' : ''
  return `[could not be read: ${shown.join(', ')}${rest}]`
}

/** A file name on one line: names with control characters are quoted. */
export function showName(name: string): string {
  return /[\x00-\x1f\x7f]/.test(name) ? JSON.stringify(name) : name
}
