/**
 * Builtins of the shell that set variables or print: a name with a subscript is evaluated and can run code, and so can
 * some of their options; and what prints the whole environment.
 */
import { isCommanding } from '../assignments.ts'
import { asks, danger, type Finding, firm } from '../finding.ts'
import { readArguments } from '../options.ts'
import type { Look, Scene } from '../scene.ts'

const rule = 'builtin:variables'
const setting =
  /^(?:read|mapfile|readarray|getopts|unset|unsetenv|export|declare|typeset|readonly|local|wait)$/
const secretName = /SECRET|TOKEN|PASS|KEY|CREDENTIAL|AUTH/i

export const variables: Look = (scene) => {
  const { title, args, command } = scene
  const texts = args.map((word) => word.value)
  const findings: Finding[] = []
  const evaluates = (what: string) => firm(`${title} ${what} can run code`, rule, 'high')
  if (title === 'let') findings.push(evaluates('with what a variable holds'))
  if (/^(?:alias|complete|compgen|enable|bind|hash)$/.test(title))
    findings.push(firm(`${title} changes what later words of the shell mean`, rule))
  if (title === 'alias') {
    const texts = args.map((word) => word.value?.replace(/^[^=]*=?/, '') ?? '')
    return { findings, parts: texts.flatMap((text) => (text === '' ? [] : scene.runsText(text))) }
  }
  if (title === 'trap' && args.length > 0) return trap(scene)
  if (
    title === 'shopt' &&
    texts.some((text) => text === undefined || /^-[a-z]*s|^expand_aliases$/.test(text))
  )
    findings.push(firm('shopt changes how the shell reads what follows', rule))
  if (setting.test(title)) {
    const taken = texts.find((text) => text !== undefined && isCommanding(text))
    if (taken !== undefined && /^(?:read|mapfile|readarray|getopts|wait)$/.test(title))
      findings.push(
        danger(`${title} gives ${taken} a value, which changes what programs run`, rule),
      )
    if (texts.some((text) => text === undefined || /[[\]`$]/.test(text)))
      findings.push(evaluates('of a name that is not plain'))
    if (
      /^(?:mapfile|readarray)$/.test(title) &&
      texts.some((text) => /^-[a-zA-Z]*C/.test(text ?? ''))
    )
      findings.push(evaluates('-C'))
    if (
      /^(?:export|declare|typeset|local|readonly)$/.test(title) &&
      texts.some((text) => /^[-+][a-zA-Z]*[inf]/.test(text ?? ''))
    )
      findings.push(evaluates('with that option'))
    const showsAll =
      /^(?:export|declare|typeset|readonly)$/.test(title) && command.assignments.length === 0
    if (showsAll && texts.every((text) => text?.startsWith('-'))) findings.push(shows(title))
  }
  if (title === 'set' && !isPlainSet(texts))
    findings.push(firm('set changes how the shell reads what follows', rule))
  if (title === 'set' && args.length === 0) findings.push(shows(title))
  if (title === 'printf' && /^-v/.test(texts[0] ?? '-v')) {
    const name = texts[0] === '-v' ? texts[1] : texts[0]?.slice(2)
    if (args[0] && (texts[0] === undefined || !/^[a-z_][\w]*$/.test(name ?? '')))
      findings.push(evaluates('-v'))
  }
  if (/^(?:test|\[|\[\[)$/.test(title)) findings.push(...tested(scene))
  return { findings }
}

const plainOptions =
  /^(?:errexit|nounset|pipefail|xtrace|verbose|noglob|noclobber|errtrace|functrace|monitor|notify|braceexpand)$/

/** `set -euo pipefail`, `set -- a b`. By `-o` also come `keyword` and `allexport`, which make words variables. */
function isPlainSet(texts: readonly (string | undefined)[]): boolean {
  let names = 0
  for (const text of texts) {
    if (names > 0 && text !== undefined && !/^[-+]/.test(text)) {
      if (!plainOptions.test(text)) return false
      names--
    } else if (text === '--' || text === '-') return true
    else if (text !== undefined && /^[-+]/.test(text)) {
      if (!/^[-+][euxvfCbBEThmo]+$/.test(text)) return false
      names = text.split('o').length - 1
    } else return names === 0
  }
  return true
}

function shows(title: string): Finding {
  return asks(
    `${title} shows all variables of the environment, which may hold secrets`,
    `builtin:${title}`,
  )
}

/** `-v NAME[…]` evaluates the subscript; a word that may become `-v` hides it. */
function tested({ args, title }: Scene): Finding[] {
  return args.flatMap((word, index) => {
    if (word.value !== '-v' && word.value !== '-R') return []
    const name = args[index + 1]?.value
    return name !== undefined && /^\w+$/.test(name)
      ? []
      : [firm(`${title} -v can run code`, rule, 'high')]
  })
}

/** `trap TEXT SIGNAL`: the text runs later. */
function trap(scene: Scene): ReturnType<Look> {
  const text = scene.args.find((word) => !/^-[lpP]$/.test(word.value ?? ''))
  if (!text || text.value === '-' || text.value === '') return {}
  if (text.value === undefined) return { findings: [danger('what trap runs cannot be seen', rule)] }
  return {
    row: { ...scene.row, act: 'reads', text: 'runs what is judged beside it' },
    parts: scene.runsText(text.value, { concurrent: true }),
  }
}

/** `jq env`, `jq '$ENV.HOME'` */
function filter({ args }: Scene): ReturnType<Look> {
  const shown = args.some((word) =>
    /\$ENV\b|(?<![\w.$"'-])env(?![\w"':-])/.test(word.value?.startsWith('-') ? '' : word.text),
  )
  const reason = 'jq shows variables of the environment, which may hold secrets'
  return shown ? { findings: [asks(reason, 'builtin:jq')] } : {}
}

/** `date 01010000` sets the clock. */
function clock({ args, row }: Scene): ReturnType<Look> {
  const sets = readArguments(args, row.values).operands.some((word) => !word.lead.startsWith('+'))
  return sets ? { findings: [danger('date sets the clock', 'builtin:date')] } : {}
}

/** `printenv`, and `ps` with the environment of processes. */
export const environment: Look = (scene) => {
  const { title, args } = scene
  if (title === 'date') return clock(scene)
  if (title === 'jq') return filter(scene)
  if (title === 'ps') {
    const isShown = args.some(
      (word) =>
        word.value === undefined ||
        /^[a-zA-Z]*e[a-zA-Z]*$/.test(word.value) ||
        /^-\w*E/.test(word.value),
    )
    return isShown
      ? {
          findings: [
            asks('ps shows the environment of processes, which may hold secrets', 'builtin:ps'),
          ],
        }
      : {}
  }
  const names = args.filter((word) => !word.lead.startsWith('-'))
  if (names.length === 0) return { findings: [shows(title)], noCategory: true }
  const secret = names.find((word) => word.value === undefined || secretName.test(word.value))
  return secret
    ? { findings: [danger(`${title} ${secret.text} may show a secret`, 'builtin:credentials')] }
    : {}
}
