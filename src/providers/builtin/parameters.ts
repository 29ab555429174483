/**
 * Parameters of a head and arguments of a call, read from their text: how many a call gives, how many a head takes.
 * What cannot be counted for certain (an open parenthesis, a spread) is told as such, never guessed.
 */
import { languageOf } from './languages.ts'

/** Index after the `)` that closes the first `(`; of a Go method that of its parameters. -1 without one. */
export function closeOfParameters(text: string): number {
  const from = /^func \([^)]*\)/.exec(text)?.[0].length ?? 0
  let depth = 0
  for (let index = from; index < text.length; index++) {
    if (text[index] === '(') depth++
    else if (text[index] === ')' && --depth === 0) return index + 1
  }
  return -1
}

/** The parameters of a head, split at top-level commas. */
export function parametersOf(signature: string): string[] {
  const close = closeOfParameters(signature)
  if (close < 0) return []
  const from = /^func \([^)]*\)/.exec(signature)?.[0].length ?? 0
  return splitList(signature.slice(signature.indexOf('(', from) + 1, close - 1))
}

/** What stands behind the parameters, white space folded away. */
export function resultOf(signature: string): string {
  const close = closeOfParameters(signature)
  return close < 0 ? '' : signature.slice(close).replace(/\s+/g, '')
}

/** Split at the commas outside brackets and strings; the `>` of an arrow closes nothing. */
function splitList(inner: string): string[] {
  const parts: string[] = []
  // An apostrophe of Rust's lifetimes opens no string.
  const quotes = /[&<]'\w/.test(inner) ? '"' : `"'\``
  let depth = 0
  let quote = ''
  let part = ''
  for (const [index, char] of [...inner].entries()) {
    if (quote !== '') {
      if (char === quote && inner[index - 1] !== '\\') quote = ''
    } else if (quotes.includes(char)) quote = char
    else if ('([{'.includes(char) || opensType(inner, index)) depth++
    else if (')]}'.includes(char) || (char === '>' && closesType(inner, index) && depth > 0))
      depth--
    if (char === ',' && depth <= 0 && quote === '') {
      parts.push(part.trim())
      part = ''
    } else part += char
  }
  parts.push(part.trim())
  return parts.filter((entry) => entry !== '')
}

/** `Map<`, not `a < b`. */
function opensType(text: string, index: number): boolean {
  return text[index] === '<' && /[\w:]/.test(text[index - 1] ?? '') && text[index + 1] !== ' '
}

/** Not the end of `=>`, `->`, nor `a > b`. */
function closesType(text: string, index: number): boolean {
  return !/[=\- ]/.test(text[index - 1] ?? ' ')
}

export interface Arity {
  least: number
  /** Infinity where the last one takes any number. */
  most: number
}

/** Undefined where the head is cut off or a language counts in a way that its text does not tell. */
export function arityOf(signature: string, path: string): Arity | undefined {
  const fence = languageOf(path)?.fence
  if (closeOfParameters(signature) < 0 || fence === undefined || !counted.has(fence))
    return undefined
  const all = parametersOf(signature).filter(
    (parameter) => !/^(\*|\/|\.\.\.|void)$/.test(parameter),
  )
  const own = isReceiver(all[0] ?? '', fence) ? all.slice(1) : all
  // After a bare `*` Python's parameters are given by name; a call that has them all is counted just the same.
  const open = own.some((parameter) => isRest(parameter, fence))
  const fixed = own.filter((parameter) => !isRest(parameter, fence))
  const least = fixed.filter((parameter) => !isOptional(parameter)).length
  return { least, most: open ? Number.POSITIVE_INFINITY : fixed.length }
}

/** Languages whose calls give their arguments one by one; C++ and Java overload, so a count tells nothing there. */
const counted = new Set(['ts', 'python', 'go', 'rust', 'php', 'ruby'])

function isReceiver(parameter: string, fence: string): boolean {
  if (fence === 'python') return /^(self|cls)\b/.test(parameter)
  if (fence === 'rust') return /^&?('\w+\s+)?(mut\s+)?self\b/.test(parameter)
  return fence === 'ts' && /^this\s*:/.test(parameter)
}

function isRest(parameter: string, fence: string): boolean {
  if (fence === 'ts' || fence === 'php') return parameter.includes('...')
  if (fence === 'go') return /\.\.\./.test(parameter)
  return /^[*&]/.test(parameter) && fence !== 'rust'
}

function isOptional(parameter: string): boolean {
  // A default inside a destructured one says nothing of the whole.
  const bare = parameter.replace(/\{[^{}]*\}|\[[^[\]]*\]|<[^<>]*>/g, 'x')
  return /^(?:(?:public|private|protected|readonly)\s+)*[\w$]+\?\s*:|^[\w$]+\?$|=(?!>)|^\.\.\.|^\*|^\w+:\s*$/.test(
    bare,
  )
}

/**
 * The arguments that `text` gives to `name`; undefined where it does not call it, `open` where the call goes on behind
 * the text or spreads a list.
 */
export function argumentsOf(text: string, name: string): string[] | 'open' | undefined {
  const escaped = name.replace(/[$?!]/g, '\\$&')
  const call = new RegExp(`(?:^|[^\\w$])${escaped}(?:<[^()]*>|::<[^()]*>)?\\(`).exec(text)
  if (!call) return undefined
  const from = call.index + call[0].length
  let depth = 1
  let quote = ''
  for (let index = from; index < text.length; index++) {
    const char = text[index] as string
    if (quote !== '') {
      if (char === '\\') index++
      else if (char === quote) quote = ''
    } else if (`"'\``.includes(char)) quote = char
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth === 0) {
      const given = splitList(text.slice(from, index))
      return given.some((argument) => /^(\.\.\.|\*)|\.\.\.$/.test(argument)) ? 'open' : given
    }
  }
  return 'open'
}

/** Callers of the old head still fit the new one: only optional parameters were added at the end, or names changed. */
export function stillFits(before: string, after: string): boolean {
  const old = parametersOf(before)
  const now = parametersOf(after)
  if (now.length < old.length) return false
  const same = old.every((parameter, index) => shape(parameter) === shape(now[index] ?? ''))
  return same && now.slice(old.length).every(isOptional)
}

/** A parameter without its name where it has a type: renaming it breaks nobody. */
function shape(parameter: string): string {
  const typed =
    /^(?:(?:mut|readonly|public|private)\s+)*(?:[\w$]+\??|\{[^}]*\}|\[[^\]]*\])\s*:\s*(.+)$/.exec(
      parameter,
    )
  return (typed?.[1] ?? parameter).replace(/\s*=(?!>).*$/, '').replace(/\s+/g, '')
}

/** `b` of `readonly b?: string = 1`; '' where it has no name of its own. */
export function parameterName(parameter: string): string {
  return (
    /^(?:(?:mut|readonly|public|private|protected)\s+)*[*&]*(?:\.\.\.)?([\w$]+)/.exec(
      parameter,
    )?.[1] ?? ''
  )
}
