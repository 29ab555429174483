/** What `codi --self-test` asks of the indexer: every grammar loads, its query compiles, and a sample is understood. */
import { errorMessage } from '../../src/base/errors.ts'
import type { SelfTest } from '../../src/contract/services.ts'
import { languages } from './extraction/languages.ts'
import { createCodeParser } from './extraction/parse.ts'

/** One definition of `probe` in each language. */
const samples: Record<string, string> = {
  typescript: 'export function probe(a: number): void {}',
  tsx: 'export function probe() { return <p /> }',
  javascript: 'export function probe() {}',
  python: 'def probe():\n    pass\n',
  go: 'package a\n\nfunc probe() {}\n',
  rust: 'pub fn probe() {}',
  java: 'class A { void probe() {} }',
  cpp: 'int probe() { return 1; }',
  csharp: 'class A { void probe() {} }',
  ruby: 'def probe\nend\n',
  php: '<?php function probe() {}',
  bash: 'probe() { :; }',
}

export async function indexerSelfTest(): Promise<SelfTest[]> {
  const parser = createCodeParser()
  const results: SelfTest[] = []
  for (const language of languages) {
    const name = `grammar ${language.id}`
    try {
      const loaded = await parser.load(language)
      const extraction = loaded.parse(samples[language.id] ?? '')
      const ok = extraction?.definitions.some((row) => row.name === 'probe') ?? false
      results.push({ name, ok, note: ok ? '' : 'the sample was not understood' })
    } catch (thrown) {
      results.push({ name, ok: false, note: errorMessage(thrown) })
    }
  }
  return results
}
