/**
 * Shells, and what hands a text to one: `bash -c TEXT`, `sh SCRIPT`, `… | sh`, `su -c TEXT`, `watch TEXT`. A text that
 * is known is judged like the one it stands in; what is not known asks.
 */
import { asks, danger, type Finding, type Part } from '../finding.ts'
import { readArguments } from '../options.ts'
import type { Closer, Look, Scene } from '../scene.ts'
import type { Command, Word } from '../script.ts'

/** Shells whose language is the one that is read here. */
const judged = /^(?:sh|bash|dash|zsh|ksh|ash|mksh|yash|rbash)$/
const hidden = 'builtin:hidden code'

export const shell: Look = (scene) => {
  const { title } = scene
  if (title === 'busybox' || title === 'toybox')
    return { parts: scene.runs(scene.args), remember: 'none' }
  if (judged.test(title) || title === 'su') return runShell(scene)
  if (title === 'source' || title === '.') return runSourced(scene)
  if (title === 'watch' || title === 'flock' || title === 'script') return runsByShell(scene)
  if (
    scene.row.act === 'runs' &&
    /^(?:entr|watchexec|nodemon|chokidar|reflex|hyperfine)$/.test(title)
  )
    return {}
  return { findings: [danger(`${title} runs code that is not judged`, hidden)] }
}

function runShell(scene: Scene): Closer {
  const { args, title } = scene
  let wantsText = false
  let checksOnly = false
  let readsInput = false
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at]
    const text = word?.value
    if (text === undefined) return concealed(title)
    if (text === '--') {
      at++
      break
    }
    if (/^--(?:rcfile|init-file|command)$/.test(text)) {
      if (text === '--command') wantsText = true
      else return concealed(title)
    } else if (/^--[a-z-]+$/.test(text)) continue
    else if (/^[-+][a-zA-Z]+$/.test(text)) {
      if (text.startsWith('-') && text.includes('c')) wantsText = true
      if (text === '-n') checksOnly = true
      if (/^-[a-zA-Z]*s/.test(text)) readsInput = true
      if (/[oO]$/.test(text)) at++
    } else if (text === '-' && title === 'su') continue
    else if (title === 'su' && !wantsText) continue
    else break
  }
  if (wantsText) {
    const text = args[at]?.value
    if (text === undefined) return concealed(title)
    const rest = { words: [...scene.words], input: scene.command.input }
    return {
      row: { ...scene.row, ...(title === 'su' ? {} : through) },
      parts: scene.runsText(text, rest),
    }
  }
  if (title === 'su') return {}
  const file = args[at]
  if (file && !readsInput) {
    if (checksOnly)
      return { row: { ...scene.row, ...through, text: 'checks the syntax of a script' } }
    return { findings: [asks(`${title} runs ${file.text}, which is not read`, 'builtin:script')] }
  }
  return runInput(scene)
}

function runSourced(scene: Scene): Closer {
  const [file] = scene.args
  if (!file) return {}
  const isHidden = file.value === undefined || /^\/(?:dev|proc)\//.test(file.value)
  return isHidden ? concealed(scene.title) : {}
}

const through = { act: 'reads', text: 'runs what is judged beside it', operands: 'text' } as const

function concealed(title: string): Closer {
  return { findings: [danger(`what ${title} runs cannot be seen`, hidden)] }
}

/** Without a text or a file it reads its commands from its input. */
function runInput(scene: Scene): Closer {
  const { command, title } = scene
  const text = inputText(command)
  if (text !== undefined)
    return {
      row: { ...scene.row, ...through },
      parts: scene.runsText(text, { input: { kind: 'unseen' } }),
    }
  if (command.input.kind === 'inherited') return {}
  return { findings: [inputFinding(command, title)] }
}

/** What the input is known to hold. */
function inputText({ input }: Command): string | undefined {
  if (input.kind === 'text') return input.text
  if (input.kind !== 'pipe' || input.from.length !== 1) return undefined
  const [only] = input.from
  const [name, ...words] = only?.words ?? []
  if (!only || only.redirects.length > 0) return undefined
  if (name?.value === 'cat' && words.length === 0) return inputText(only)
  const isPlain = (word: Word) =>
    word.value !== undefined && !word.glob && !/[\\%]/.test(word.value)
  if (name?.value !== 'echo' && !(name?.value === 'printf' && words.length === 1)) return undefined
  if (!words.every(isPlain) || words[0]?.value?.startsWith('-')) return undefined
  return words.map((word) => word.value).join(' ')
}

const fetching = /^(?:curl|wget|wget2|aria2c|http|https|xh|nc|ncat|netcat|socat|ssh|ftp|gh)$/

/** Code that comes by a pipe: nobody has seen it. */
export function inputFinding(command: Command, title: string): Finding {
  const { input } = command
  // What stands in the text itself is seen, like code behind `-c`.
  if (input.kind === 'text' && !judged.test(title))
    return asks(`${title} runs the code that it is given`, 'builtin:code')
  const names = input.kind === 'pipe' ? input.from.map((one) => one.words[0]?.value ?? '') : []
  if (names.some((name) => fetching.test(name)))
    return danger(`${title} runs code from the network`, 'builtin:code from the network')
  return danger(`${title} runs what it is piped, which cannot be seen`, hidden)
}

/** `watch CMD …`, `script -c TEXT FILE`, `flock FILE CMD …` or `flock FILE -c TEXT`. */
function runsByShell(scene: Scene): Closer {
  const { args, title, row } = scene
  const byOption = args.findIndex((word) => word.value === '-c' || word.value === '--command')
  const isText = byOption >= 0 && title !== 'watch'
  if (isText || title === 'script') {
    const text = args[byOption + 1]?.value
    if (byOption < 0) return {}
    return text === undefined ? concealed(title) : { parts: scene.runsText(text) }
  }
  const { operands } = readArguments(args, row.values)
  const [first] = title === 'flock' ? operands.slice(1) : operands
  if (!first) return title === 'flock' ? {} : concealed(title)
  const words = args.slice(args.indexOf(first))
  const texts = words.map((word) => word.value)
  if (texts.some((text) => text === undefined)) return concealed(title)
  const parts: Part[] = title === 'watch' ? scene.runsText(texts.join(' ')) : scene.runs(words)
  return { parts, ...(title === 'watch' ? {} : {}) }
}
