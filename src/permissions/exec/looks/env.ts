/** `env`: the variables it sets are judged like assignments, what it runs like a command. */
import { judgeAssignments } from '../assignments.ts'
import { absolute } from '../files.ts'
import { asks, danger } from '../finding.ts'
import type { Look, Scene } from '../scene.ts'
import { type Assignment, literal, type Word } from '../script.ts'

const takers = new Set(['-u', '--unset', '-C', '--chdir', '-f', '-e', '-c', '-P'])
const flags =
  /^(?:-|-i|-0|-v|-iv|--ignore-environment|--null|--debug|--list-signal-handling|-o|--override|-q|--|--unset=.*|--chdir=.*|-u.+)$/

export const env: Look = (scene) => {
  const { args, command, place } = scene
  const assignments: Assignment[] = []
  let { cwd } = command
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at]
    const text = word?.value ?? word?.lead ?? ''
    const set = /^([A-Za-z_][\w.-]*)=/.exec(text)
    if (!word) break
    if (set)
      assignments.push({
        name: set[1] ?? '',
        value: valueFrom(word, set[0].length),
        compound: false,
      })
    else if (text === '-S' || /^(?:-S|--split-string)/.test(text) || /^-[a-z]*S/.test(text)) {
      const inline = text === '-S' || text === '--split-string'
      const split = inline
        ? args[at + 1]?.value
        : word.value?.replace(/^(?:--split-string=|-\w*S)/, '')
      const rest = args.slice(at + (inline ? 2 : 1))
      if (split === undefined || rest.length > 0)
        return {
          findings: [danger(`what ${scene.title} runs cannot be seen`, 'builtin:hidden command')],
        }
      return { parts: scene.runsText(split) }
    } else if (takers.has(text)) {
      if (/^(?:-C|--chdir)$/.test(text)) cwd = directory(args[at + 1], scene)
      at++
    } else if (!flags.test(text)) {
      if (text.startsWith('-') || word.value === undefined)
        return {
          findings: [danger(`what ${scene.title} runs cannot be seen`, 'builtin:hidden command')],
        }
      break
    }
  }
  const inner = args.slice(at)
  const found = judgeAssignments(
    { ...command, words: inner.length > 0 ? inner : [literal('env')], assignments },
    place,
  )
  if (inner.length > 0) return { findings: found, parts: scene.runs(inner, { cwd }) }
  const shown = asks(
    'env shows all variables of the environment, which may hold secrets',
    'builtin:env',
  )
  return { findings: [...found, shown], noCategory: true, remember: 'none' }
}

/** Where it goes before it runs the command. */
function directory(word: Word | undefined, { command, place }: Scene): string | undefined {
  const value = word?.value
  return value === undefined ? undefined : absolute(value, { home: place.home, cwd: command.cwd })
}

function valueFrom(word: Word, from: number): Word {
  const value = word.value?.slice(from)
  return {
    ...word,
    text: word.text.slice(from),
    value,
    lead: value ?? word.lead.slice(from),
    shape: word.shape.slice(from),
  }
}
