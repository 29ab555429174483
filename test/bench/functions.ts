/**
 * A generated project of so many functions, the same on every run, whose words are as unevenly frequent as in real
 * code, and questions about them.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface GeneratedFunctions {
  questions: string[]
}

const functionsPerFile = 20
const filesPerFolder = 40
const statements = 9

/** `words`: what names are made of, in no order. */
export function generateFunctions(
  directory: string,
  { functions, questions, words }: { functions: number; questions: number; words: string[] },
): GeneratedFunctions {
  const random = createRandom(20_250_601)
  const pick = createZipf(shuffled(words, random), random)
  const asked: string[] = []
  const askEvery = Math.max(1, Math.floor(functions / questions))
  const files = Math.ceil(functions / functionsPerFile)
  for (let file = 0, made = 0; file < files; file++) {
    const folder = join(directory, 'src', `part${Math.floor(file / filesPerFolder)}`, pick())
    mkdirSync(folder, { recursive: true })
    const texts: string[] = []
    for (; texts.length < functionsPerFile && made < functions; made++) {
      const written = writeFunction(pick, random)
      texts.push(written.text)
      if (made % askEvery === 0 && asked.length < questions) asked.push(written.question)
    }
    writeFileSync(join(folder, `${camel([pick(), pick()])}${file}.ts`), texts.join('\n'))
  }
  return { questions: asked }
}

type Pick = () => string

function writeFunction(pick: Pick, random: () => number): { text: string; question: string } {
  const name = [pick(), pick(), ...(random() < 0.5 ? [pick()] : [])]
  const said = new Set(name)
  const identifier = () => {
    const parts = [pick(), ...(random() < 0.6 ? [pick()] : [])]
    if (random() < 0.3) for (const part of parts) said.add(part)
    return camel(parts)
  }
  const body = Array.from({ length: statements }, () =>
    random() < 0.25
      ? `  if (${identifier()} > 0) throw new Error('${pick()} ${pick()} ${pick()}')`
      : `  const ${identifier()} = ${identifier()}.${identifier()}(${identifier()})`,
  )
  const text = `export function ${camel(name)}(${identifier()}: ${identifier()}, ${identifier()}: string) {\n${body.join('\n')}\n  return ${identifier()}\n}\n`
  const words = shuffled([...said], random).slice(0, 4 + Math.floor(random() * 6))
  return { text, question: `how does it ${words.join(' ')}` }
}

function camel(parts: string[]): string {
  return parts
    .map((part, at) => (at === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('')
}

/** The word of rank r comes 1/r as often as the first. */
function createZipf(words: string[], random: () => number): Pick {
  const sums: number[] = []
  let total = 0
  words.forEach((_, rank) => {
    total += 1 / (rank + 8)
    sums.push(total)
  })
  return () => {
    const wanted = random() * total
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return words[low] ?? ''
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map((row) => row.item)
}

/** Mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
