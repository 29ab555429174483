/** The table of recipes, their words, and the two that only need a prompt. */
import { describe, expect, test } from 'bun:test'
import { capDiff } from '../../../src/app/recipes/cap-diff.ts'
import type { Recipe } from '../../../src/app/recipes/recipe.ts'
import { findRecipe, parseRecipeWords, recipes, recipeUsage } from '../../../src/app/recipes.ts'

const { signal } = new AbortController()
const root = import.meta.dir

function recipe(name: string): Recipe {
  const found = findRecipe(name)
  if (!found) throw new Error(`no ${name}`)
  return found
}

describe('The table', () => {
  test('has a name and a summary in every row, each once', () => {
    const names = recipes.map((row) => row.name)
    expect(names).toEqual(expect.arrayContaining(['ask', 'review', 'commit', 'explain']))
    expect(new Set(names).size).toBe(names.length)
    for (const row of recipes) expect(row.summary.length).toBeGreaterThan(10)
  })

  test('gives usage lines', () => {
    expect(recipeUsage(recipe('commit'))).toBe('codi commit [--apply] [NOTE]')
    expect(recipeUsage(recipe('review'))).toContain('[--fail-on LEVEL]')
  })
})

describe('Words', () => {
  test('are arguments and flags in any order', () => {
    const words = ['look', '--base', 'main', '--fail-on=warning', 'here', '--', '--staged']
    expect(parseRecipeWords(recipe('review'), words)).toEqual({
      args: ['look', 'here', '--staged'],
      flags: { base: 'main', 'fail-on': 'warning' },
    })
  })

  test.each([
    ['review', ['--stagd'], 'did you mean --staged?'],
    ['review', ['--base'], 'needs a value'],
    ['review', ['--base', '--staged'], 'needs a value'],
    ['review', ['--fail-on', 'fatal'], 'takes info, warning, error'],
    ['ask', ['--zzz'], 'codi ask QUESTION'],
  ] as [string, string[], string][])('%s %j is refused', (name, words, message) => {
    expect(() => parseRecipeWords(recipe(name), words)).toThrow(message)
  })
})

describe('Asking and explaining', () => {
  const prepare = (name: string, args: string[], stdin?: string) =>
    recipe(name).prepare(
      {
        args,
        flags: {},
        cwd: root,
        approve: async () => {},
        ...(stdin === undefined ? {} : { stdin }),
      },
      signal,
    )

  test('a question is the prompt, what was piped in goes with it', async () => {
    expect(await prepare('ask', ['why', 'this?'], 'log')).toMatchObject({
      prompt: 'why this?',
      stdin: 'log',
      mode: 'plan',
    })
    await expect(prepare('ask', [])).rejects.toMatchObject({ kind: 'usage' })
  })

  test('a file is named from the directory, anything else as typed', async () => {
    const file = await prepare('explain', [`./repository.ts`])
    expect(file).toMatchObject({ kind: 'run', recipe: 'explain' })
    expect(file.kind === 'run' && file.prompt).toContain('Explain `repository.ts`.')
    const line = await prepare('explain', [`${root}/repository.ts:12`])
    expect(line.kind === 'run' && line.prompt).toContain('`repository.ts:12`')
    const symbol = await prepare('explain', ['makeRepository'])
    expect(symbol.kind === 'run' && symbol.prompt).toContain('`makeRepository`')
    await expect(prepare('explain', [])).rejects.toMatchObject({ kind: 'usage' })
  })
})

describe('A large diff', () => {
  const file = (path: string, lines: number): string =>
    `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -0,0 +1,${lines} @@\n${'+x\n'.repeat(lines)}`

  test('loses whole files from its end, and says which', () => {
    const { diff, notices } = capDiff(file('a.ts', 100) + file('b.ts', 1000) + file('c.ts', 10), {
      maxChars: 1000,
    })
    expect(diff).toContain('b/a.ts')
    expect(diff).not.toContain('b/b.ts')
    expect(diff).toContain('b/c.ts')
    expect(notices.join()).toContain('not reviewed are b.ts')
  })

  test('of one file is cut at a line', () => {
    const { diff, notices } = capDiff(file('a.ts', 1000), { maxChars: 500 })
    expect(diff.length).toBeLessThanOrEqual(500)
    expect(diff.endsWith('+x\n')).toBe(true)
    expect(notices.join()).toContain('a.ts is cut')
  })
})
