/**
 * A generated repository in six languages, the same on every run: definitions, calls and imports between the files, and
 * things to find.
 */
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

/** A file that the one with this number imports, of the same language and directory. */
function before(index: number): number {
  return index >= span ? index - span : index
}

const writers: [[string, Writer], ...[string, Writer][]] = [
  [
    'ts',
    (topic, index) =>
      `import { load${capital(topic)}${before(index)} as other } from './${topic}-${before(index)}'

${verbs
  .map(
    (verb) => `/** ${verb}s one ${topic} by its number. */
export function ${verb}${capital(topic)}${index}(id: number, limit = ${index}): string {
  if (id > limit) throw new Error('no such ${topic}')
  return \`${topic}-\${other(id)}\`
}
`,
  )
  .join('\n')}`,
  ],
  [
    'py',
    (topic, index) =>
      `from .${topic}_${before(index)} import ${capital(topic)}${before(index)}


class ${capital(topic)}${index}(${capital(topic)}${before(index)}):
    """One ${topic}."""

${verbs
  .map((verb) => `    def ${verb}(self, id):\n        return self.find(id + ${index})\n`)
  .join('\n')}`,
  ],
  [
    'go',
    (topic, index) =>
      `package ${topic}

import "fmt"

${verbs
  .map(
    (verb) => `// ${capital(verb)}${index} ${verb}s one ${topic}.
func ${capital(verb)}${index}(id int) string {
	return fmt.Sprint(id + ${index}, Load${before(index)}(id))
}
`,
  )
  .join('\n')}`,
  ],
  [
    'java',
    (topic, index) =>
      `package shop.${topic};

/** One ${topic}. */
public class ${capital(topic)}${index} extends ${capital(topic)}${before(index)} {
${verbs
  .map(
    (verb) => `    /** ${capital(verb)}s it. */
    public String ${verb}(int id) {
        return super.find(id + ${index});
    }
`,
  )
  .join('\n')}}
`,
  ],
  [
    'rs',
    (topic, index) =>
      `use crate::${topic}::${topic}_${before(index)}::load_${before(index)};

${verbs
  .map(
    (verb) => `/// ${capital(verb)}s one ${topic}.
pub fn ${verb}_${index}(id: u64) -> u64 {
    load_${before(index)}(id) + ${index}
}
`,
  )
  .join('\n')}`,
  ],
  [
    'c',
    (topic, index) =>
      `#include "${topic}-${before(index)}.h"

${verbs
  .map(
    (verb) => `/* ${capital(verb)}s one ${topic}. */
int ${verb}_${topic}_${index}(int id) {
  return find_${topic}_${before(index)}(id) + ${index};
}
`,
  )
  .join('\n')}`,
  ],
]

/** After so many files the same topic comes in the same language again. */
const span = topics.length * writers.length

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
