/** The text of a plan: from a model's answer to a file that people edit, from the file to its steps, and steps ticked. */
import { similarity } from '../base/closest.ts'
import { oneLine } from '../base/text.ts'
import type { TodoItem } from '../contract/tool.ts'

const titleChars = 80
const stepChars = 300
/** Models shorten and reword what they put on their list. */
const sameEnough = 0.8
const minPrefixChars = 12

const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/
const boldLine = /^\*\*([^*]+)\*\*:?\s*$/
const listItem = /^( ?)(?:[-*+]|\d{1,3}[.)])\s+(?:\[([ xX])\]\s+)?(\S.*)$/
const fence = /^ {0,3}(?:```|~~~)/
const parts: readonly { title: string; pattern: RegExp }[] = [
  { title: 'Analysis', pattern: /^analysis\b/i },
  { title: 'Steps', pattern: /^(?:steps|plan|implementation(?: steps| plan)?)$/i },
  { title: 'Risks', pattern: /^risks?\b/i },
  { title: 'How to check', pattern: /^(?:how to (?:check|verify|test)|verification|checks?)\b/i },
]

/** The file for a task and the answer of a model, which may have kept to the form or not. */
export function planText(task: string, answer: string): string {
  const body = normalized(withoutTask(unfenced(answer)))
  const first = task.trim().split('\n')[0] ?? ''
  return `# Plan: ${oneLine(first, titleChars)}\n\n## Task\n\n${task.trim()}\n\n${body.trim()}\n`
}

/** The task is told already; models like to begin with it. */
function withoutTask(answer: string): string {
  const lines = answer.split('\n')
  const marked = markedLines(answer)
  const first = marked.find(({ isHeading, line }) => isHeading && !isTitle(line))
  if (!first || !/^task$/i.test(first.section)) return answer
  const next = marked.find(({ isHeading, index }) => isHeading && index > first.index)
  return next ? [...lines.slice(0, first.index), ...lines.slice(next.index)].join('\n') : answer
}

export function readPlan(text: string): { task: string; steps: TodoItem[] } {
  const lines = markedLines(text)
  const inTask = lines.filter(({ section, isHeading }) => /^task$/i.test(section) && !isHeading)
  const title = heading.exec(text.split('\n')[0] ?? '')?.[2]?.replace(/^plan:\s*/i, '') ?? ''
  const task = inTask
    .map(({ line }) => line)
    .join('\n')
    .trim()
  const steps = stepLines(lines).map(
    ({ match }): TodoItem => ({
      text: bareText(match[3] ?? ''),
      status: match[2] === undefined || match[2] === ' ' ? 'pending' : 'done',
    }),
  )
  return { task: task === '' ? title : task, steps }
}

/** The text with the steps ticked whose items are done; nothing else of it changes. */
export function withTicks(text: string, items: readonly TodoItem[]): string {
  const done = items.filter(({ status }) => status === 'done').map((item) => item.text)
  const lines = text.split('\n')
  for (const { index, match } of stepLines(markedLines(text))) {
    if (match[2] !== ' ' || !done.some((item) => isSameStep(bareText(match[3] ?? ''), item)))
      continue
    lines[index] = (lines[index] ?? '').replace('[ ]', '[x]')
  }
  return lines.join('\n')
}

function isSameStep(step: string, item: string): boolean {
  const [a, b] = [fold(step), fold(item)]
  if (a === b) return true
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (short.length >= minPrefixChars && long.startsWith(short)) return true
  return similarity(a, b) >= sameEnough
}

function fold(text: string): string {
  return bareText(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Without the marks of Markdown. */
function bareText(text: string): string {
  return oneLine(text.replace(/\*\*|__|`/g, ''), stepChars)
}

interface MarkedLine {
  index: number
  line: string
  /** Title of the last heading before it. */
  section: string
  isHeading: boolean
}

/** Lines outside of code. */
function markedLines(text: string): MarkedLine[] {
  let section = ''
  let isCode = false
  return text.split('\n').flatMap((line, index): MarkedLine[] => {
    if (fence.test(line)) isCode = !isCode
    if (isCode || fence.test(line)) return []
    const title = titleOf(line)
    if (title !== undefined) section = isTitle(line) ? '' : title.replace(/[*:]/g, '').trim()
    return [{ index, line, section, isHeading: title !== undefined }]
  })
}

/** Of a heading, or of a bold line that stands for one. */
function titleOf(line: string): string | undefined {
  const bold = boldLine.exec(line)?.[1]
  return heading.exec(line)?.[2] ?? (bold !== undefined && partOf(bold) ? bold : undefined)
}

/** Those of the part that is called so; without one every box in the file is a step. */
function stepLines(lines: readonly MarkedLine[]): { index: number; match: RegExpExecArray }[] {
  const named = lines.filter(({ section }) => partOf(section) === 'Steps')
  return (named.length > 0 ? named : lines).flatMap(({ index, line }) => {
    const match = listItem.exec(line)
    return match && (named.length > 0 || match[2] !== undefined) ? [{ index, match }] : []
  })
}

function partOf(title: string): string | undefined {
  const bare = title
    .replace(/^\d+[.)]\s*/, '')
    .replace(/[*:]/g, '')
    .trim()
  return parts.find(({ pattern }) => pattern.test(bare))?.title
}

function normalized(answer: string): string {
  const lines = answer.split('\n')
  const marked = markedLines(answer)
  for (const { index, line, isHeading, section } of marked) {
    if (!isHeading) continue
    const title = partOf(section)
    if (title !== undefined) lines[index] = `## ${title}`
    else if (/^ {0,3}#\s/.test(line)) lines[index] = ''
  }
  const hasSteps = marked.some(({ isHeading, section }) => isHeading && partOf(section) === 'Steps')
  if (hasSteps) {
    for (const { index, match } of stepLines(marked))
      lines[index] = `${match[1]}- [${match[2] ?? ' '}] ${match[3]}`
    return lines.join('\n')
  }
  const found = marked.flatMap(({ line }) => listItem.exec(line)?.[3] ?? [])
  const body = lines.join('\n').trim()
  const steps = found.map((step) => `- [ ] ${step}`).join('\n')
  const analysis = /^## /m.test(body) ? body : `## Analysis\n\n${body}`
  return `${analysis}\n\n## Steps\n\n${steps}`.trimEnd()
}

/** The plan has a title of its own. */
function isTitle(line: string): boolean {
  return /^ {0,3}#\s+plan\b/i.test(line)
}

/** Without a fence around the whole. */
function unfenced(answer: string): string {
  const text = answer.replace(/\r\n/g, '\n').trim()
  const whole = /^(```|~~~)(?:markdown|md)?\n([\s\S]*)\n\1$/.exec(text)
  return whole?.[2] ?? text
}
