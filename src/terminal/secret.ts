/**
 * Whether typed text carries a credential, so that the line stays out of the history: what the masker knows, and more
 * loosely what a person types, since a line too few is no loss.
 */
import { openMasker } from '../base/mask/masker.ts'

const patterns: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:sk|pk|rk)-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{16,}/,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}/,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9+/._~-]{16,}=*/i,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]{3,}@/i,
  /\b[\w-]*(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase|credential)s?["']?\s*[=:]\s*["']?[^\s"'<$]{6,}/i,
  /--?(?:password|passwd|token|api-key|secret)[ =]\S{6,}/i,
]

export function openSecretCheck(): (text: string) => boolean {
  const { mask } = openMasker({ env: {} })
  return (text) => patterns.some((pattern) => pattern.test(text)) || mask(text) !== text
}
