/**
 * A person at the terminal of a one-shot run: questions go to stderr, and stdout stays the answer's alone. The prompts
 * are those of @clack/prompts, loaded with the first question.
 */
import { Writable } from 'node:stream'
import { delay } from '../base/async.ts'
import { CodiError } from '../base/errors.ts'
import { neutralize } from '../base/text.ts'
import type { Person, Question } from '../contract/permission.ts'
import type { Output } from './output.ts'
import { permissionChoices, permissionLines } from './permission-text.ts'
import type { Stdin } from './raw-mode.ts'
import { openStyle } from './style.ts'

/** The choice that lets a person answer in their own words. */
const ownWords = Symbol('own words')

export function terminalPerson(
  output: Output,
  options: {
    /** Where commands run unless they say otherwise. */
    root?: string
    stdin?: Stdin
  } = {},
): Person {
  const { stdin = process.stdin } = options
  const about = options.root === undefined ? {} : { root: options.root }
  const style = openStyle(output.errorColor)
  const streams = { input: stdin, output: stderrStream(output) }
  return {
    async permission(request, offer, signal) {
      output.err(`${permissionLines(request, offer, { style, ...about }).join('\n')}\n`)
      const { isCancel, selectKey, text } = await import('@clack/prompts')
      const choices = permissionChoices(offer)
      await forgetTyped(stdin, signal)
      const key = await selectKey({
        message: 'Allow it?',
        options: choices.map((choice) => ({ value: choice.key, label: choice.label })),
        ...streams,
        signal,
      })
      const picked = isCancel(key) ? 'abort' : choices.find((choice) => choice.key === key)?.value
      if (picked === undefined) return { answer: 'deny' }
      if (picked !== 'deny') return { answer: picked }
      const reason = await text({
        message: 'Why not? The model reads it (optional)',
        ...streams,
        signal,
      })
      return isCancel(reason) || !reason ? { answer: 'deny' } : { answer: 'deny', reason }
    },
    question: (question, signal) => untilInterrupted(stdin, () => ask(question, signal)),
  }

  async function ask(question: Question, signal: AbortSignal): Promise<string | undefined> {
    const { isCancel, select, text } = await import('@clack/prompts')
    const message = neutralize(question.text)
    if (question.choices.length > 0) {
      const own = { value: ownWords, label: 'something else …' } as const
      const picked = await select<string | typeof ownWords>({
        message,
        options: [
          ...question.choices.map((choice) => ({ value: choice, label: neutralize(choice) })),
          ...(question.closed ? [] : [own]),
        ],
        ...streams,
        signal,
      })
      if (isCancel(picked)) return undefined
      if (picked !== ownWords) return String(picked)
    }
    const answer = await text({ message, ...streams, signal })
    return isCancel(answer) || !answer ? undefined : answer
  }
}

/** The prompts tell Ctrl+C from no other way out; it ends the work, as everywhere, and not the question alone. */
async function untilInterrupted<T>(stdin: Stdin, ask: () => Promise<T>): Promise<T> {
  let isInterrupted = false
  const listen = (keys: Buffer | string) => {
    isInterrupted ||= String(keys).includes('\x03')
  }
  stdin.on('data', listen)
  try {
    const answer = await ask()
    if (!isInterrupted) return answer
  } finally {
    stdin.off('data', listen)
  }
  process.kill(process.pid, 'SIGINT')
  throw new CodiError('cancelled', 'Interrupted')
}

/** A pause in typing this long, and what comes after it is meant for the question. */
const pauseMs = 120
const maxForgettingMs = 3000

/** Keys that were pressed before the question could be read never answer it. */
async function forgetTyped(stdin: Stdin, signal: AbortSignal): Promise<void> {
  if (!stdin.isTTY) return
  const until = Date.now() + maxForgettingMs
  let last = Date.now()
  const forget = (keys: Buffer | string) => {
    last = Date.now()
    // Ctrl+C is never forgotten; in raw mode the terminal does not turn it into a signal.
    if (String(keys).includes('\x03')) process.kill(process.pid, 'SIGINT')
  }
  stdin.setRawMode(true)
  stdin.on('data', forget)
  stdin.resume()
  try {
    while (!signal.aborted && Date.now() < until) {
      const left = pauseMs - (Date.now() - last)
      if (left <= 0) break
      await delay(left, signal).catch(() => undefined)
    }
  } finally {
    stdin.off('data', forget)
    stdin.pause()
    if (stdin.isTTY) stdin.setRawMode(false)
  }
}

/** Stderr as the stream that the prompts draw on, with the size of the terminal. */
export function stderrStream(output: Output): Writable {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      output.err(String(chunk))
      done()
    },
  })
  return Object.defineProperties(stream, {
    columns: { get: () => output.columns },
    rows: { get: () => output.rows },
    isTTY: { value: true },
  })
}
