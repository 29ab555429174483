/** How far a definition is seen, by the words of its head: 3 everywhere, 2 in its package or by subtypes, 1 at home. */
import type { DefinitionChange } from '../changes.ts'
import { languageOf } from '../languages.ts'

export function visibilityOf(
  signature: string,
  { file, kind }: Pick<DefinitionChange, 'file' | 'kind'>,
): number {
  const fence = languageOf(file)?.fence
  if (fence === 'ts') {
    if (kind !== 'method') return /^export\b/.test(signature) ? 3 : 1
    return byWord(signature.startsWith('#') ? `private ${signature}` : signature, 3)
  }
  if (fence === 'rust') return /^pub\s*\(/.test(signature) ? 2 : /^pub\b/.test(signature) ? 3 : 1
  if (fence === 'java') return /\bpublic\b/.test(signature) ? 3 : byWord(signature, 2)
  if (fence === 'php') return byWord(signature, 3)
  if (fence === 'c') return /^static\b/.test(signature) ? 1 : 3
  // Where the name itself says it, a change of it is another name.
  return 3
}

function byWord(signature: string, without: number): number {
  const head = signature.split('(')[0] ?? ''
  if (/\bprivate\b/.test(head)) return 1
  return /\b(protected|internal)\b/.test(head) ? 2 : without
}
