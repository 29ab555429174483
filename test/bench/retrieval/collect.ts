/**
 * Every question of one part, tune or test, observed: corpora fetched, indexed by the workers' own code in a temporary
 * directory, asked. What cannot be had on this machine is named and left out.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Associations } from '../../../workers/vectors/associations.ts'
import { openBaseline } from './baseline.ts'
import { commitQuestions, exportTree } from './commits.ts'
import { corpora, type Language } from './corpora.ts'
import { fetchCorpus } from './fetch-corpus.ts'
import { indexForSearch } from './indexed.ts'
import { type AskedQuestion, isFunction, type Observation, observe } from './observe.ts'
import { type Question, questionsOf, vaguer } from './questions.ts'

/**
 * `docs`: first sentences of functions' doc comments; `types`: of types'; `vague`: both without the words of the name, as
 * somebody asks who does not know it; `commits`: subjects of this repository's own history.
 */
export type Style = 'docs' | 'types' | 'vague' | 'commits'

export interface ObservedSet {
  name: string
  style: Style
  /** Undefined: of several. */
  language: Language | undefined
  observations: Observation[]
}

export interface CollectOptions {
  cache: string
  part: 'tune' | 'test'
  /** Only these corpora; undefined: all. */
  only?: ReadonlySet<string>
  associations?: Associations
  say(text: string): void
}

const repository = resolve(import.meta.dir, '../../..')

/** Where fetched sources and questions stay between runs. */
export function usualCache(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'codi-bench-retrieval')
}

export async function collect(options: CollectOptions): Promise<ObservedSet[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'codi-retrieval-'))
  const wanted = (name: string) => options.only === undefined || options.only.has(name)
  const sets: ObservedSet[] = []
  mkdirSync(options.cache, { recursive: true })
  try {
    for (const corpus of corpora) {
      if (corpus.part !== options.part || !wanted(corpus.name)) continue
      const fetched = await fetchCorpus(options.cache, corpus)
      if (fetched.directory === undefined) {
        options.say(`left out: ${corpus.name} (${corpus.spec}): ${fetched.reason}`)
        continue
      }
      const { root, questions } = await questionsOf(options.cache, corpus, fetched.directory)
      const styles = {
        docs: questions.filter((question) => question.of === 'function'),
        types: questions.filter((question) => question.of === 'type'),
        vague: questions.flatMap((question) => vaguer(question) ?? []),
      }
      const rest = await observeRoot(root, Object.values(styles).flat().map(askedOf), {
        ...options,
        directory: join(scratch, corpus.name),
      })
      const { name, language } = corpus
      for (const style of ['docs', 'types', 'vague'] as const) {
        const observations = rest.splice(0, styles[style].length)
        sets.push({ name, language, style, observations })
      }
    }
    if (wanted('commits')) sets.push(...(await observeCommits(options, scratch)))
    return sets
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function askedOf(question: Question): AskedQuestion {
  return {
    text: question.text,
    isPlace: (place) => place.path === question.path && place.line === question.line,
    isFile: (path) => path === question.path,
  }
}

async function observeCommits(options: CollectOptions, scratch: string): Promise<ObservedSet[]> {
  let questions: Awaited<ReturnType<typeof commitQuestions>>
  const root = join(scratch, 'commits', 'code')
  try {
    questions = await commitQuestions(repository)
    await exportTree(repository, root)
  } catch (thrown) {
    options.say(`left out: commits: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    return []
  }
  const asked = questions
    .filter((question) => question.part === options.part)
    .map(
      (question): AskedQuestion => ({
        text: question.text,
        isPlace: undefined,
        isFile: (path) => question.paths.includes(path),
      }),
    )
  const directory = join(scratch, 'commits', 'index')
  const observations = await observeRoot(root, asked, { ...options, directory })
  return [{ name: 'commits', style: 'commits', language: undefined, observations }]
}

async function observeRoot(
  root: string,
  asked: AskedQuestion[],
  options: CollectOptions & { directory: string },
): Promise<Observation[]> {
  const start = performance.now()
  const indexed = await indexForSearch(root, options.directory)
  const places = [...indexed.places.values()]
  const baseline = openBaseline(root, places)
  const baselineOfFunctions = openBaseline(root, places.filter(isFunction))
  try {
    const searcher = indexed.searcher(options.associations)
    const observations = await observe(asked, {
      ...{ searcher, indexed, baseline, baselineOfFunctions },
    })
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    options.say(`${root}: ${indexed.places.size} chunks, ${asked.length} questions, ${seconds} s`)
    return observations
  } finally {
    baseline.close()
    baselineOfFunctions.close()
    indexed.close()
  }
}
