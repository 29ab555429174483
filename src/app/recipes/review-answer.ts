/**
 * What a model answered to a review, as findings. Models wrap JSON in prose and fences, misspell severities and leave
 * fields out: all of that is repaired. Only text without any findings object stays text.
 */
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts'
import { oneLine } from '../../base/text.ts'
import type { Finding, Review, Severity } from '../../contract/review.ts'

export const reviewSchema: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['summary', 'findings'],
  properties: {
    summary: { type: 'string' },
    findings: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['severity', 'file', 'line', 'title', 'detail'],
        properties: {
          severity: { type: 'string', enum: ['error', 'warning', 'info'] },
          file: { type: 'string' },
          line: { type: 'integer' },
          title: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
}

/** `structured` is false when the text held no findings object: then all of it is the summary. */
export async function parseReview(text: string): Promise<{ review: Review; structured: boolean }> {
  for (const candidate of candidates(text)) {
    const value = parseJson(candidate) ?? (await repaired(candidate))
    const review = value === undefined ? undefined : asReview(value)
    if (review) return { review, structured: true }
  }
  return { review: { summary: text.trim(), findings: [] }, structured: false }
}

/** Where the object may stand: the whole text, a fenced block, from the first brace to the last. */
function candidates(text: string): string[] {
  const found = [text.trim()]
  for (const fence of text.matchAll(/```(?:json)?\s*\n([\s\S]*?)```/g))
    found.push((fence[1] as string).trim())
  const start = text.search(/[[{]/)
  if (start >= 0) {
    found.push(text.slice(start, Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1))
    // An answer that was cut off has no end.
    found.push(text.slice(start))
  }
  return found.filter(
    (candidate) => /^[[{]/.test(candidate) && /"?findings"?|"?severity"?/.test(candidate),
  )
}

async function repaired(text: string): Promise<JsonValue | undefined> {
  const { jsonrepair } = await import('jsonrepair')
  try {
    return parseJson(jsonrepair(text))
  } catch {
    // Not even nearly JSON: the next candidate, or plain text.
    return undefined
  }
}

function asReview(value: JsonValue): Review | undefined {
  if (Array.isArray(value)) return { summary: '', findings: value.flatMap(asFinding) }
  if (!isJsonObject(value) || !Array.isArray(value.findings)) return undefined
  return {
    summary: typeof value.summary === 'string' ? value.summary.trim() : '',
    findings: value.findings.flatMap(asFinding),
  }
}

function asFinding(value: JsonValue): Finding[] {
  if (!isJsonObject(value)) return []
  const detail = string(value, 'detail', 'details', 'description', 'message', 'body')
  const title = string(value, 'title', 'summary', 'message') || oneLine(detail, 80)
  if (title === '') return []
  const { file, line } = placeOf(value)
  return [
    {
      severity: severityOf(string(value, 'severity', 'level')),
      file,
      line,
      title,
      detail: detail === title ? '' : detail,
    },
  ]
}

function placeOf(value: JsonObject): { file: string; line: number } {
  const named = string(value, 'file', 'path', 'filename').replace(/^\.\//, '')
  const inName = /^(.*?):(\d+)(?:[:-]\d+)*$/.exec(named)
  const given = Number(value.line ?? value.start_line ?? value.startLine ?? inName?.[2] ?? 0)
  const line =
    Number.isInteger(given) && given > 0 ? given : Number.parseInt(String(value.line), 10) || 0
  return { file: inName?.[1] ?? named, line: Math.max(0, line) }
}

function severityOf(word: string): Severity {
  if (/^(err|crit|block|high|fatal|major|bug|p[01])/i.test(word)) return 'error'
  if (/^(warn|med|moderate|should|p2)/i.test(word)) return 'warning'
  return 'info'
}

function string(object: JsonObject, ...keys: string[]): string {
  for (const key of keys) {
    const value = object[key]
    if (typeof value === 'string' && value.trim() !== '') return value.trim()
  }
  return ''
}
