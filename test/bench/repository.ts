/** A generated repository of 1,000 files in TypeScript, Python and Go, the same on every run, with things to find. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const question = 'where is the retry delay computed?'

const topics = ['order', 'invoice', 'customer', 'shipment', 'payment', 'stock', 'report', 'session']
const verbs = ['load', 'store', 'check', 'merge', 'format', 'cancel', 'index', 'publish']

export function generateRepository(directory: string, files = 1000): void {
  for (let index = 0; index < files; index++) {
    const topic = topics[index % topics.length] ?? ''
    const folder = join(directory, 'src', topic, `part-${Math.floor(index / 64)}`)
    mkdirSync(folder, { recursive: true })
    const [extension, write] = writers[index % writers.length] ?? writers[0]
    writeFileSync(join(folder, `${topic}-${index}.${extension}`), write(topic, index))
  }
  mkdirSync(join(directory, 'src/network'), { recursive: true })
  writeFileSync(join(directory, 'src/network/retry.ts'), retry)
}

const retry = `/** Waits longer after each failed attempt, with jitter. */
export function computeRetryDelay(attempt: number, baseMs = 250): number {
  const exponential = baseMs * 2 ** attempt
  return Math.min(30_000, exponential) * (0.5 + Math.random() / 2)
}
`

type Writer = (topic: string, index: number) => string

const writers: [[string, Writer], ...[string, Writer][]] = [
  [
    'ts',
    (topic, index) =>
      verbs
        .map(
          (verb) => `/** ${verb}s one ${topic} by its number. */
export function ${verb}${capital(topic)}${index}(id: number, limit = ${index}): string {
  if (id > limit) throw new Error('no such ${topic}')
  return \`${topic}-\${id}\`
}
`,
        )
        .join('\n'),
  ],
  [
    'py',
    (topic, index) =>
      `class ${capital(topic)}${index}:\n    """One ${topic}."""\n\n${verbs
        .map((verb) => `    def ${verb}(self, id):\n        return self.rows[id + ${index}]\n`)
        .join('\n')}`,
  ],
  [
    'go',
    (topic, index) =>
      `package ${topic}\n\n${verbs
        .map(
          (verb) => `// ${capital(verb)}${index} ${verb}s one ${topic}.
func ${capital(verb)}${index}(id int) int {
	return id + ${index}
}
`,
        )
        .join('\n')}`,
  ],
]

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
