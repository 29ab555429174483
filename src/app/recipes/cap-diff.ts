/**
 * Keeps a diff at a size that a model can read: the bodies of lock files and generated files go first, then whole
 * files from the end. What is left out is told, so that nobody takes the review of a part for a review of the whole.
 */
import { formatBytes, plural } from '../../base/text.ts'

const maxDiffChars = 400_000
const maxGeneratedChars = 4_000

const generated =
  /(^|\/)((package-lock|npm-shrinkwrap)\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|Cargo\.lock|go\.sum|poetry\.lock|uv\.lock|Gemfile\.lock|composer\.lock)$|\.min\.(js|css)$|\.(map|snap|svg)$|(^|\/)(dist|vendor|node_modules)\//

export function capDiff(
  diff: string,
  options: { maxChars?: number } = {},
): { diff: string; notices: string[] } {
  const room = options.maxChars ?? maxDiffChars
  const notices: string[] = []
  const parts = splitFiles(diff).map((part) => {
    if (part.text.length <= maxGeneratedChars || !generated.test(part.path)) return part
    notices.push(`${part.path} (generated, ${formatBytes(part.text.length)} of diff) is left out`)
    return { ...part, text: `${part.text.split('\n@@')[0]}\n` }
  })
  const kept: string[] = []
  const dropped: string[] = []
  let used = 0
  for (const part of parts) {
    if (used + part.text.length > room) dropped.push(part.path)
    else {
      kept.push(part.text)
      used += part.text.length
    }
  }
  const [only] = parts
  if (kept.length === 0 && only) {
    kept.push(cutAtLine(only.text, room))
    dropped.shift()
    notices.push(`The diff of ${only.path} is cut after ${formatBytes(room)}`)
  }
  if (dropped.length > 0) {
    const names = dropped.slice(0, 5).join(', ')
    const more = dropped.length > 5 ? ` and ${plural(dropped.length - 5, 'more file')}` : ''
    notices.push(
      `The diff is larger than ${formatBytes(room)}: not reviewed are ${names}${more}; review them by git diff -- PATH | codi review`,
    )
  }
  return { diff: kept.join(''), notices }
}

function splitFiles(diff: string): { path: string; text: string }[] {
  return diff
    .split(/^(?=diff --(?:git|cc|combined) )/m)
    .filter((text) => text.trim() !== '')
    .map((text) => ({ text, path: pathOf(text) }))
}

function pathOf(text: string): string {
  const name = /^\+\+\+ "?b?\/?([^\t\n"]+)/m.exec(text)?.[1]
  if (name !== undefined && name !== 'dev/null') return name
  return / "?b\/([^\n"]+)"?$/m.exec(text.split('\n')[0] ?? '')?.[1] ?? 'a file'
}

function cutAtLine(text: string, room: number): string {
  const cut = text.lastIndexOf('\n', room - 1)
  return text.slice(0, cut < 0 ? room : cut + 1)
}
