/**
 * Commands and what is expected of them. The hostile ones are ways round a check that agents have fallen for; the others
 * are what an agent runs all day, where every question too many is felt.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CommandVerdict } from '../../../src/contract/policy.ts'

/** `ask!` is dangerous: asked for in every mode. */
export type Expected = 'allow' | 'ask' | 'ask!' | 'deny'

export interface Example {
  text: string
  expected: Expected
}

export const home = '/home/ann'
export const place = { cwd: '/home/ann/shop', home, workspace: ['/home/ann/shop'] }

export function readCorpus(): Example[] {
  return readFileSync(join(import.meta.dir, 'corpus.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, expected, text] = /^(allow|ask!?|deny) (.*)$/.exec(line) ?? []
      if (expected === undefined || text === undefined) throw new Error(`corpus.txt: ${line}`)
      return { text: text.replaceAll('⏎', '\n'), expected: expected as Expected }
    })
}

export function outcomeOf(verdict: CommandVerdict): Expected {
  return verdict.decision === 'ask' && verdict.dangerous ? 'ask!' : verdict.decision
}

/** From the least strict to the strictest. */
export const strictness: readonly Expected[] = ['allow', 'ask', 'ask!', 'deny']
