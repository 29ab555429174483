/**
 * `codi trust`: shows what a repository brings that would run or loosen something, and trusts just that. Opens nothing
 * else, so that nothing of the repository is in force while the person decides.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCodes } from '../app/exit-code.ts'
import { neutralize } from '../base/text.ts'
import { projectDirectory } from '../config/load.ts'
import type { CodiPaths } from '../config/paths.ts'
import { listTrust, removeTrust, reviewTrust, trust as trustProject } from '../config/trust.ts'
import type { TrustReview } from '../contract/trust.ts'
import type { Output } from '../terminal/output.ts'
import { trustLines } from '../terminal/trust-text.ts'
import { type Arguments, has, usage } from './args.ts'
import { printJson } from './code/command.ts'

export interface TrustCommand {
  args: Arguments
  output: Output
  paths: CodiPaths
  cwd: string
  signal: AbortSignal
}

export async function trust(command: TrustCommand): Promise<number> {
  const { args, output, paths, cwd } = command
  const dataDirectory = paths.data
  if (has(args, 'list')) return list(command)
  const directory = resolve(cwd, args.words[0] ?? '.')
  // One that is gone can still be forgotten.
  if (!has(args, 'remove') && !existsSync(directory))
    throw usage(`There is no directory ${directory}`)
  const project = existsSync(directory) ? projectDirectory(directory) : directory
  if (has(args, 'remove')) {
    const removed = await removeTrust({ dataDirectory, project })
    output.err(
      `codi: ${neutralize(project)} ${removed ? 'is no longer trusted' : 'was not trusted'}\n`,
    )
    return removed ? exitCodes.done : exitCodes.failed
  }
  const review = reviewTrust({ dataDirectory, project })
  const open = review.contents.filter(({ state }) => state !== 'trusted')
  if (open.length > 0 && has(args, 'yes')) await trustProject(review, dataDirectory)
  if (has(args, 'json')) {
    printJson(output, jsonOf(has(args, 'yes') ? reviewTrust({ dataDirectory, project }) : review))
    return exitCodes.done
  }
  if (open.length === 0) {
    const what = review.contents.length === 0 ? 'brings nothing that asks for trust' : 'is trusted'
    output.err(`codi: ${neutralize(review.project)} ${what}\n`)
    return exitCodes.done
  }
  output.err(`${trustLines(review).join('\n')}\n`)
  if (!has(args, 'yes')) {
    const said = await ask(command)
    if (said === undefined) {
      output.err('codi: not trusted; codi trust -y says yes\n')
      return exitCodes.denied
    }
    if (!said) return exitCodes.denied
    await trustProject(review, dataDirectory)
  }
  output.err(`codi: ${neutralize(review.project)} is trusted, as long as this does not change\n`)
  return exitCodes.done
}

/** Undefined where nobody can be asked. */
async function ask({ output, signal }: TrustCommand): Promise<boolean | undefined> {
  if (!output.stderrIsTerminal || process.stdin.isTTY !== true) return undefined
  const { terminalPerson } = await import('../terminal/person.ts')
  const question = { text: 'Trust this directory? Type yes', choices: [] }
  const said = await terminalPerson(output).question(question, signal)
  return /^y(?:es)?$/i.test(said?.trim() ?? '')
}

function list({ args, output, paths }: TrustCommand): number {
  const rows = listTrust(paths.data)
  if (has(args, 'json')) printJson(output, rows)
  else if (rows.length === 0) output.err('codi: no directory is trusted\n')
  else
    output.out(
      rows
        .map(
          (row) => `${row.at.slice(0, 10)}  ${row.state.padEnd(9)}  ${neutralize(row.project)}\n`,
        )
        .join(''),
    )
  return exitCodes.done
}

function jsonOf({ project, contents }: TrustReview) {
  return {
    project,
    contents: contents.map(({ kind, state, hash, tells, refused, files }) => ({
      kind,
      state,
      hash,
      files: files.map(({ path }) => path),
      tells,
      ...(refused === undefined ? {} : { refused }),
    })),
  }
}
