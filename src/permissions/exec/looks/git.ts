/** git where the same subcommand shows, changes or throws away, by its operands. */
import { asks, danger, type Finding } from '../finding.ts'
import { hasOption, readArguments } from '../options.ts'
import type { Look } from '../scene.ts'

const listing = '-l --list --contains --no-contains --merged --no-merged --points-at --show-current'

/** `git branch` and `git tag`: with a name and no option that lists, they create one. */
export const branch: Look = (scene) => {
  const { args, title, row } = scene
  const { operands } = readArguments(args, row.values)
  const lists = hasOption(args, title === 'git tag' ? `${listing} -n` : listing)
  const isTold = hasOption(
    args,
    '-d --delete -D -m -M -c -C -f -u --set-upstream-to --unset-upstream',
  )
  if (operands.length === 0 || lists || isTold) return {}
  return {
    findings: [asks(`${title} makes a ${title.slice(4)}`, `builtin:${title}`, 'low')],
    noCategory: true,
    remember: ['git', title.slice(4)],
  }
}

/** `git checkout` and `git restore`: on files they throw changes away. */
export const checkout: Look = (scene) => {
  const { args, title, row } = scene
  const { operands } = readArguments(args, row.values)
  const texts = operands.map((word) => word.value ?? '')
  const isStaged = hasOption(args, '-S --staged') && !hasOption(args, '-W --worktree')
  if (title === 'git restore') {
    if (isStaged) return {}
    return {
      findings: [danger('git restore can throw work away', 'builtin:git restore')],
      noCategory: true,
    }
  }
  const makes = hasOption(args, '-b --orphan -B', '')
  const throwsAway =
    args.some((word) => word.value === '--') ||
    operands.some((word) => word.value === undefined || word.glob) ||
    texts.some((text) => /^(?:\.|\.\.|:.*|.*\/|\.\/.*|.*\.[A-Za-z]\w{0,5})$/.test(text)) ||
    (texts.length > 1 && !makes)
  if (!throwsAway) return {}
  return {
    findings: [danger('git checkout of files can throw work away', 'builtin:git checkout')],
    noCategory: true,
  }
}

const own =
  /^user\.(?:name|email)$|^(?:init\.defaultbranch|pull\.(?:rebase|ff)|push\.default|color\..*|advice\..*|core\.(?:autocrlf|quotepath|ignorecase|filemode|eol)|fetch\.prune|diff\.(?:renames|algorithm))$/i
const showing = '--get --get-all --get-regexp --get-urlmatch -l --list --get-color --get-colorbool'
const changing =
  '--unset --unset-all --add --replace-all --rename-section --remove-section -e --edit'

export const config: Look = (scene) => {
  const { args } = scene
  const { operands } = readArguments(
    args,
    '-f --file --blob --type --default --url --value --comment',
  )
  const [first, second] = operands
  const changes =
    hasOption(args, changing) ||
    /^(?:set|unset|edit|rename-section|remove-section)$/.test(first?.value ?? '')
  const shows =
    hasOption(args, showing) ||
    /^(?:get|list)$/.test(first?.value ?? '') ||
    (operands.length === 1 && !changes)
  if (shows && !changes)
    return {
      row: {
        ...scene.row,
        act: 'reads',
        category: 'git-safe',
        text: 'shows settings',
        operands: 'contents',
      },
    }
  const key = first?.value === 'set' ? second?.value : first?.value
  const isHarmless =
    key !== undefined && own.test(key) && !hasOption(args, '-f --file --global --system -e --edit')
  if (isHarmless) return {}
  return { findings: [danger('git config decides what git runs later', 'builtin:git config')] }
}

/** `git push`: what a refspec adds; and where to, when that is no remote that the repository names. */
export const push: Look = (scene) => {
  const findings: Finding[] = []
  const { operands } = readArguments(scene.args, '-o --push-option --repo')
  const [remote] = operands
  const isNamed = remote === undefined || /^[\w][\w-]*$/.test(remote.value ?? '')
  if (
    !isNamed ||
    operands.some((word) => word.value === undefined) ||
    hasOption(scene.args, '--repo')
  )
    findings.push(
      danger('where git push publishes to is no remote by its name', 'builtin:git push'),
    )
  for (const { value } of operands) {
    if (value?.startsWith('+'))
      findings.push(danger(`git push ${value} overwrites what others pushed`, 'builtin:git push'))
    if (value?.startsWith(':'))
      findings.push(
        danger(`git push ${value} deletes a branch that others use`, 'builtin:git push'),
      )
  }
  return { findings }
}
