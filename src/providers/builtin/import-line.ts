/** Lines that import something, in many languages. */
import type { UseRow } from './results.ts'

export function isImport(use: UseRow): boolean {
  return /^\s*(import\b|from\s.+\simport\b|export\s.+\sfrom\b|use\s|#include|require\b|\}?\s*from\s+['"])|=\s*require\(/.test(
    use.text,
  )
}
