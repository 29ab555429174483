/** Questions in plain words about this repository's own code must bring the right file among the first three. */
import { describe, expect, test } from 'bun:test'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { makeSearchable } from './searchable.ts'

const repository = join(import.meta.dir, '../../..')
const project = makeSearchable({})
for (const folder of ['src/base', 'src/contract', 'workers'])
  cpSync(join(repository, folder), join(project.root, folder), { recursive: true })
await project.update()

const questions: [string, string][] = [
  ['run a program with a time limit and collect its output', 'src/base/process.ts'],
  ['neutralize escape sequences before text reaches the terminal', 'src/base/text.ts'],
  ['map promises with at most a number running at once', 'src/base/async.ts'],
  ['error kinds and their wording', 'src/base/errors.ts'],
  ['what closest name did the user mean', 'src/base/closest.ts'],
  ['tables of the sqlite schema that the indexer writes', 'src/contract/index-schema.ts'],
  ['list the files of a project with ripgrep', 'workers/indexer/list.ts'],
  ['skip generated and minified files', 'workers/indexer/exclude.ts'],
  ['how are go imports resolved to packages', 'workers/indexer/specifiers/go.ts'],
  ['extract doc comment above a definition', 'workers/indexer/extraction/doc-comment.ts'],
  [
    'rank names of symbols against a typed query by sub-words and initials',
    'workers/indexer/find.ts',
  ],
  ['set aside a damaged database', 'workers/indexer/store.ts'],
  ['porter stemmer', 'workers/vectors/stem.ts'],
  ['compare the spelling of two words by their trigrams', 'workers/vectors/spelling.ts'],
  ['merge small segments of postings into one', 'workers/vectors/merge.ts'],
  ['a lease: only one process at a time may write the search index', 'workers/vectors/lease.ts'],
  ['split markdown documents by heading', 'workers/vectors/chunk.ts'],
  ['choose the lines of a snippet that match best', 'workers/vectors/snippet.ts'],
  ['graph of nearest neighbours', 'workers/vectors/graph.ts'],
]

describe('a question brings its file', () => {
  for (const [question, file] of questions)
    test(`${question} -> ${file}`, async () => {
      const hits = await project.search(question, { limit: 8 })
      const files = [...new Set(hits.map((hit) => hit.path))]
      expect(files.slice(0, 3)).toContain(file)
    })
})

test('a name written as in code brings its definition first', async () => {
  for (const name of [
    'runProgram',
    'identifierWords',
    '`openStore`',
    'where is createNameScorer?',
  ]) {
    const [hit] = await project.search(name, { limit: 3 })
    expect(hit?.symbol).toBe(name.replace(/[`?]|where is /g, ''))
  }
})

test('a file named in the question comes first', async () => {
  const [hit] = await project.search('what does workers/vectors/rank.ts do', { limit: 3 })
  expect(hit?.path).toBe('workers/vectors/rank.ts')
})

test('what has nothing of the question is told as weak, and nothing else is', async () => {
  const nonsense = ['flux capacitor', 'asdfghjkl qwertyuiop', 'zzzz', 'wann fährt der Zug nach Ulm']
  for (const text of nonsense) {
    const [hit] = await project.search(text, { limit: 3 })
    expect({ text, weak: hit?.weak ?? hit === undefined }).toEqual({ text, weak: true })
  }
  for (const [text] of questions) {
    const [hit] = await project.search(text, { limit: 3 })
    expect({ text, weak: hit?.weak ?? false }).toEqual({ text, weak: false })
  }
})
