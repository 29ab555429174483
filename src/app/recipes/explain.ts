/** `codi explain FILE|SYMBOL`: what it is for, how it is built, who depends on it. */
import { stat } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { CodiError } from '../../base/errors.ts'
import prompt from './explain.md' with { type: 'text' }
import { plainAnswer } from './plain.ts'
import type { Recipe } from './recipe.ts'
import { recipeRows } from './rows.ts'

export const explain: Recipe = {
  ...recipeRows.explain,
  streams: true,
  formats: [],
  async prepare({ args, stdin, cwd }) {
    const words = args.join(' ').trim()
    if (words === '') {
      if (!stdin?.trim()) {
        throw new CodiError('usage', 'There is nothing to explain: codi explain src/main.ts')
      }
      return {
        kind: 'run',
        recipe: 'ask',
        prompt: 'Explain this.',
        stdin,
        mode: 'plan',
        notices: [],
      }
    }
    const target = await nameOf(words, cwd)
    return {
      kind: 'run',
      recipe: 'explain',
      prompt: prompt.trim().replaceAll('{target}', () => target),
      ...(stdin === undefined ? {} : { stdin }),
      mode: 'plan',
      notices: [],
    }
  },
  finish: plainAnswer,
}

/** A file as the tools name it: relative to the directory, with `/`; anything else as it was typed. */
async function nameOf(words: string, cwd: string): Promise<string> {
  const [path, line] = splitLine(words)
  const absolute = resolve(cwd, path)
  const found = await stat(absolute).catch(() => undefined)
  if (!found) return words
  const inside = relative(cwd, absolute)
  const shown =
    inside === '' ? '.' : inside.startsWith('..') || isAbsolute(inside) ? absolute : inside
  // The slash tells a directory from a symbol of the same name.
  const end = found.isDirectory() && !shown.endsWith('/') ? '/' : line
  return `${shown.replaceAll('\\', '/')}${end}`
}

function splitLine(words: string): [string, string] {
  const match = /^(.+?)(:\d+)(?::\d+)?$/.exec(words)
  return match ? [match[1] as string, match[2] as string] : [words, '']
}
