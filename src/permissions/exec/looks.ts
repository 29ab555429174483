/** The closer looks by name: programs of which a row cannot tell enough. */
import { danger } from './finding.ts'
import { archive } from './looks/archive.ts'
import { awk } from './looks/awk.ts'
import { docker, evaluate, inlineCode, ssh } from './looks/code.ts'
import { env } from './looks/env.ts'
import { find } from './looks/find.ts'
import { branch, checkout, config, push } from './looks/git.ts'
import { ip } from './looks/ip.ts'
import { make, packageRun, projectScript } from './looks/project.ts'
import { remove } from './looks/remove.ts'
import { sed } from './looks/sed.ts'
import { shell } from './looks/shell.ts'
import { environment, variables } from './looks/variables.ts'
import { wrapper } from './looks/wrapper.ts'
import { parallel, xargs } from './looks/xargs.ts'
import type { Special } from './row.ts'
import type { Look } from './scene.ts'

const dd: Look = ({ args }) =>
  args.some((word) => word.lead.startsWith('of=') || word.value === undefined)
    ? { findings: [danger('dd of= overwrites raw data', 'builtin:dd')] }
    : {}

/** `objdump @FILE`: its options stand in a file. */
const optionsFile: Look = ({ args, title }) =>
  args.some((word) => word.lead.startsWith('@'))
    ? { findings: [danger(`${title} takes its options from a file`, `builtin:${title}`)] }
    : {}

const looks: Readonly<Record<Special, Look>> = {
  archive,
  awk,
  dd,
  docker,
  env,
  environment,
  eval: evaluate,
  find,
  'git-branch': branch,
  'git-checkout': checkout,
  'git-config': config,
  'git-push': push,
  'inline-code': inlineCode,
  ip,
  make,
  'options-file': optionsFile,
  'package-run': packageRun,
  parallel,
  'project-script': projectScript,
  remove,
  sed,
  shell,
  ssh,
  variables,
  wrapper,
  xargs,
}

export function lookOf(special: Special): Look {
  return looks[special]
}
