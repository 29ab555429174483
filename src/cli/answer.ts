/**
 * The answer on stdout, in the form that was asked for. On a terminal it streams as Markdown; into a pipe goes the
 * final answer alone, so that what a model said on its way never reaches a script.
 */
import { printableJson } from '../base/json.ts'
import type { AppEvent, RunResult } from '../contract/event.ts'
import { openMarkdown } from '../terminal/markdown.ts'
import type { Output } from '../terminal/output.ts'
import { glyphsFor, openStyle } from '../terminal/style.ts'

export type Format = 'text' | 'json' | 'jsonl'

export interface AnswerPrinter {
  event(event: AppEvent): void
  result(result: RunResult): void
}

export function openAnswer(format: Format, output: Output): AnswerPrinter {
  switch (format) {
    case 'json':
      return {
        event: () => undefined,
        result: (result) => output.out(`${printableJson(result)}\n`),
      }
    case 'jsonl':
      return {
        event: (event) => output.out(`${printableJson(event)}\n`),
        result: () => undefined,
      }
    case 'text':
      return output.stdoutIsTerminal ? terminalAnswer(output) : pipedAnswer(output)
  }
}

function pipedAnswer(output: Output): AnswerPrinter {
  return {
    event: () => undefined,
    result(result) {
      if (result.text !== '')
        output.out(result.text.endsWith('\n') ? result.text : `${result.text}\n`)
    },
  }
}

function terminalAnswer(output: Output): AnswerPrinter {
  const open = () =>
    openMarkdown({
      columns: () => output.columns,
      style: openStyle(output.color),
      glyphs: glyphsFor(output.unicode),
      color: output.color > 0,
    })
  let markdown = open()
  const endBlock = () => {
    output.out(markdown.end())
    markdown = open()
  }
  return {
    event(event) {
      if (event.type === 'text') output.out(markdown.push(event.text))
      if (event.type === 'retract' || event.type === 'call_start' || event.type === 'turn_end')
        endBlock()
    },
    result: endBlock,
  }
}
