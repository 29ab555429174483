/**
 * A person at the terminal of a one-shot run: questions go to stderr, answers come by key or by line, and stdout stays
 * the answer's alone.
 */
import { neutralize } from '../base/text.ts'
import type { Answer, Person, Question } from '../contract/permission.ts'
import { openPicker } from './choice.ts'
import { type Key, openKeyDecoder } from './keys.ts'
import type { Output } from './output.ts'
import { permissionChoices, permissionLines } from './permission-text.ts'
import type { Stdin } from './raw-mode.ts'
import { openStyle } from './style.ts'

export function terminalPerson(output: Output, stdin: Stdin = process.stdin): Person {
  const style = openStyle(output.errorColor)
  return {
    async permission(request, { danger, grant }, signal) {
      const lines = permissionLines(request, { danger, style })
      const picker = openPicker(permissionChoices(grant), { initial: 0 })
      const choices = picker.rows({ style, columns: output.columns })
      output.err(`${[...lines, ...choices.map((row) => `  ${row}`)].join('\n')}\n`)
      const answer = await readKeys(stdin, signal, (key): Answer | undefined => {
        if (key.type !== 'chord') return pick(key)
        if (key.chord === 'ctrl+c' || key.chord === 'escape') return { answer: 'abort' }
        return key.chord === 'enter' ? undefined : pick(key)
      })
      if (answer === undefined) return { answer: 'deny', reason: 'the question was not answered' }
      output.err(style.dim(`  ${wording[answer.answer]}\n`))
      return answer

      function pick(key: Key): Answer | undefined {
        const picked = picker.press(key)
        return picked && { answer: picked.value }
      }
    },
    async question(question, signal) {
      output.err(`${questionLines(question).join('\n')}\n> `)
      const line = await readLine(stdin, signal)
      return line === undefined ? undefined : chosen(line, question)
    },
  }
}

const wording: Record<Answer['answer'], string> = {
  once: 'allowed once',
  session: 'allowed for this session',
  deny: 'refused',
  abort: 'refused and stopped',
}

export function questionLines(question: Question): string[] {
  return [
    `? ${neutralize(question.text)}`,
    ...question.choices.map((choice, index) => `  ${index + 1} ${neutralize(choice)}`),
  ]
}

/** A number means the choice; anything else is an answer in the person's own words. Undefined for no words. */
export function chosen(line: string, question: Question): string | undefined {
  const answer = line.trim()
  const byNumber = /^\d{1,3}$/.test(answer) ? question.choices[Number(answer) - 1] : undefined
  return byNumber ?? (answer === '' ? undefined : answer)
}

/** Keys in raw mode until `answer` has one; undefined on abort or when the terminal ends. */
function readKeys<T>(
  stdin: Stdin,
  signal: AbortSignal,
  answer: (key: Key) => T | undefined,
): Promise<T | undefined> {
  const decoder = openKeyDecoder()
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined)
    stdin.setRawMode(true)
    stdin.on('data', onData)
    stdin.on('end', onEnd)
    signal.addEventListener('abort', onEnd, { once: true })
    stdin.resume()

    function onData(chunk: Uint8Array): void {
      const keys = decoder.push(chunk)
      // One read is one key press here: an Esc is not waited on.
      for (const key of decoder.isWaiting ? [...keys, ...decoder.settle()] : keys) {
        const value = answer(key)
        if (value !== undefined) {
          done(value)
          return
        }
      }
    }
    function onEnd(): void {
      done(undefined)
    }
    function done(value: T | undefined): void {
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      signal.removeEventListener('abort', onEnd)
      stdin.setRawMode(false)
      stdin.pause()
      resolve(value)
    }
  })
}

function readLine(stdin: Stdin, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined)
    let line = ''
    stdin.on('data', onData)
    stdin.on('end', onEnd)
    signal.addEventListener('abort', onEnd, { once: true })
    stdin.resume()

    function onData(chunk: Uint8Array): void {
      line += new TextDecoder().decode(chunk)
      const newline = line.indexOf('\n')
      if (newline >= 0) done(line.slice(0, newline))
    }
    function onEnd(): void {
      done(undefined)
    }
    function done(value: string | undefined): void {
      stdin.off('data', onData)
      stdin.off('end', onEnd)
      signal.removeEventListener('abort', onEnd)
      stdin.pause()
      resolve(value)
    }
  })
}
