/** The checks of a diff that need nothing but the diff. */

import { parseJson } from '../../../base/json.ts'
import type { Finding } from '../../../contract/review.ts'
import type { FileDiff } from '../diff.ts'
import { isCode, isTest, languageOf } from '../languages.ts'
import { type AddedFile, type AddedLine, addedLines } from './added.ts'
import { lineRules } from './line-rules.ts'
import type { LineRule } from './rules/line-rule.ts'
import { secretFindings } from './secrets.ts'

const longLineChars = 2_000
const largeFileLines = 1_000
/** Reports of one rule in one file; the rest is counted. */
const maxPerRule = 3

export function diffFindings(files: readonly FileDiff[]): Finding[] {
  const moved = removedLines(files)
  return files.flatMap((file) => {
    if (file.status === 'deleted') return deletedFile(file)
    const added = addedLines(file)
    return [
      ...conflictMarkers(added),
      ...secretFindings(added),
      ...lineFindings(added, moved),
      ...removedTests(file, files),
      ...brokenJson(added),
      ...sizeFindings(added),
    ]
  })
}

function conflictMarkers(added: AddedFile): Finding[] {
  const starts = added.lines.filter((line) => /^(<{7} |>{7} |\|{7} )/.test(line.text))
  const first = starts[0]
  if (!first || (added.language?.fence === 'markdown' && starts.length < 2)) return []
  return [
    {
      severity: 'error',
      file: added.path,
      line: first.line,
      title: 'Merge conflict marker',
      detail: 'The merge is not finished here: keep the right side and take the markers out.',
    },
  ]
}

/** What the diff took away elsewhere was only moved: nobody wrote it now. */
function removedLines(files: readonly FileDiff[]): ReadonlySet<string> {
  const lines = files.flatMap((file) => file.hunks.flatMap((hunk) => hunk.lines))
  const removed = lines.filter((line) => line.type === '-').map((line) => line.text.trim())
  return new Set(removed.filter((text) => text.length > 3))
}

function lineFindings(added: AddedFile, moved: ReadonlySet<string>): Finding[] {
  const fence = added.language?.fence
  const reported = new Map<LineRule, { first: Finding; count: number }>()
  const findings: Finding[] = []
  for (const rule of lineRules) {
    if (!applies(rule, fence, added)) continue
    for (const line of added.lines) {
      if (line.text.length > longLineChars || moved.has(line.text.trim())) continue
      if (!fits(rule, line)) continue
      const known = reported.get(rule)
      if (known && known.count >= maxPerRule) {
        known.count++
        continue
      }
      const finding: Finding = {
        severity: rule.severity,
        file: added.path,
        line: line.line,
        title: rule.title,
        detail: rule.detail,
      }
      if (known) known.count++
      else reported.set(rule, { first: finding, count: 1 })
      findings.push(finding)
    }
  }
  for (const { first, count } of reported.values()) {
    if (count > maxPerRule)
      first.detail += ` The same stands in ${count - maxPerRule} more lines of this file.`
  }
  return findings.filter(firstOfItsLine)
}

function applies(rule: LineRule, fence: string | undefined, added: AddedFile): boolean {
  if (rule.fences.length > 0 && !(fence !== undefined && rule.fences.includes(fence))) return false
  // Notes in prose and data are nobody's unfinished code.
  if (rule.fences.length === 0 && !isCode(added.path)) return false
  if (rule.in === 'test') return added.test
  if (rule.in === 'any') return true
  return !added.test && !printsForPeople(added.path)
}

/** Programs whose business is to print. */
function printsForPeople(path: string): boolean {
  return /(^|\/)(cli|bin|scripts?|cmd|tools?|examples?|bench|demo|hack|\.?ci)(\/|\.\w+$)|(^|\/)(main|build|setup|manage|gulpfile|Rakefile|__main__)\.\w+$|\.config\.\w+$/.test(
    path,
  )
}

function fits(rule: LineRule, line: AddedLine): boolean {
  if (!rule.pattern.test(rule.raw ? line.text : line.code)) return false
  if (!rule.followedBy) return true
  const next = line.following.find((text) => text.trim() !== '')
  return next !== undefined && rule.followedBy.test(next)
}

function firstOfItsLine(finding: Finding, index: number, all: Finding[]): boolean {
  return (
    all.findIndex((other) => other.line === finding.line && other.title === finding.title) === index
  )
}

const testHead =
  /^\s*(?:(?:it|test)(?:\.\w+)*\s*\(|(?:async\s+)?def\s+test_|func\s+Test\w+\(|#\[(?:tokio::)?test\]|@Test\b)/

function removedTests(file: FileDiff, files: readonly FileDiff[]): Finding[] {
  if (!isTest(file.path) && languageOf(file.path)?.fence !== 'rust') return []
  const lines = file.hunks.flatMap((hunk) => hunk.lines)
  const removed = lines.filter((line) => line.type === '-' && testHead.test(line.text))
  const gone = removed.filter((line) => !isAddedAgain(titleOf(line.text), files))
  const added = lines.filter((line) => line.type === '+' && testHead.test(line.text))
  const lost = Math.min(gone.length, removed.length - added.length)
  if (lost <= 0) return []
  return [
    {
      severity: 'warning',
      file: file.path,
      line: removed[0]?.newLine ?? 0,
      title: lost === 1 ? 'A test was removed' : `${lost} tests were removed`,
      detail: 'Say in the commit why what it held is no longer promised.',
    },
  ]
}

/** The text in quotes, or the name of the function. */
function titleOf(head: string): string {
  return /(['"`])(.{3,}?)\1/.exec(head)?.[2] ?? /(?:def|func|fn|void)\s+(\w+)/.exec(head)?.[1] ?? ''
}

/** In this file under another head, or moved to another. */
function isAddedAgain(title: string, files: readonly FileDiff[]): boolean {
  if (title === '') return false
  return files.some((file) =>
    file.hunks.some((hunk) =>
      hunk.lines.some((line) => line.type === '+' && line.text.includes(title)),
    ),
  )
}

function deletedFile(file: FileDiff): Finding[] {
  if (!isTest(file.path) || !isCode(file.path)) return []
  return [
    {
      severity: 'warning',
      file: file.path,
      line: 0,
      title: 'Test file deleted',
      detail: 'Say in the commit why what it held is no longer promised, or where it moved.',
    },
  ]
}

/** A new JSON file is in the diff whole, so it can be parsed. */
function brokenJson(added: AddedFile): Finding[] {
  const name = added.path.split('/').pop() ?? ''
  if (added.file.status !== 'added' || added.file.binary || !/\.json$/.test(name)) return []
  if (/^(tsconfig|jsconfig|\.eslintrc|devcontainer|launch|settings)/.test(name) || added.test)
    return []
  const text = added.lines.map((line) => line.text).join('\n')
  if (text === '' || parseJson(text.replace(/^\ufeff/, '')) !== undefined) return []
  return [
    {
      severity: 'error',
      file: added.path,
      line: 1,
      title: 'Not valid JSON',
      detail: whyNotJson(text),
    },
  ]
}

function whyNotJson(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (thrown) {
    return thrown instanceof Error ? `${thrown.message}.` : ''
  }
}

function sizeFindings(added: AddedFile): Finding[] {
  const { file, path } = added
  const at = { severity: 'info' as const, file: path }
  if (file.binary && file.status === 'added') {
    return [
      {
        ...at,
        line: 0,
        title: 'Binary file added',
        detail: 'It stays in the history for ever: make sure that it belongs there.',
      },
    ]
  }
  const findings: Finding[] = []
  const long = added.lines.find((line) => line.text.length > longLineChars)
  if (long && isCode(path)) {
    findings.push({
      ...at,
      line: long.line,
      title: 'Very long line',
      detail: `${long.text.length} characters: generated or minified code is better built than committed.`,
    })
  }
  if (file.status === 'added' && isCode(path) && added.lines.length > largeFileLines) {
    findings.push({
      ...at,
      line: 0,
      title: 'Large new file',
      detail: `${added.lines.length} lines in one file are hard to review: split it by topic.`,
    })
  }
  return findings
}
