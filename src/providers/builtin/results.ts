/**
 * Outcomes of tools as typed rows. Rows come from `data`; where a tool gave none, from the text that a model would
 * read. Whatever does not have the expected shape is left out, so a script never sees a half-made row.
 */
import { isJsonObject } from '../../base/json.ts'
import { firstArray, number, rows, text } from './rows.ts'
import type { Outcome } from './script.ts'

export interface SearchRow {
  file: string
  start: number
  end: number
  score: number
  symbol: string
  snippet: string
  /** Number of the snippet's first line; 0 where it was not told. */
  snippetLine: number
}

export interface SymbolEntry {
  file: string
  name: string
  kind: string
  line: number
  end: number
  container: string
  signature: string
  exported: boolean
  doc: string
}

/** One use of a name; `kind` and `enclosing` are empty where only grep was there to ask. */
export interface UseRow {
  file: string
  line: number
  kind: string
  enclosing: string
  text: string
}

export interface FileText {
  /** Number of the first line in `lines`. */
  start: number
  lines: string[]
  /** Lines of the whole file; undefined where that is not known. */
  total?: number
}

export interface DiagnosticRow {
  file: string
  severity: string
  line: number
  message: string
  source: string
}

/** All outcomes of one tool together. */
function named(outcomes: readonly Outcome[], ...names: string[]): Outcome[] {
  return outcomes.filter((outcome) => names.includes(outcome.name))
}

export function searchRows(outcomes: readonly Outcome[]): SearchRow[] {
  return named(outcomes, 'search_codebase').flatMap((outcome) =>
    rows(outcome.data).flatMap((row) => {
      const file = text(row, 'file', 'path')
      const start = number(row, 'start', 'line')
      if (file === '' || start === 0) return []
      return [
        {
          file,
          start,
          end: number(row, 'end', 'endLine') || start,
          score: number(row, 'score'),
          symbol: text(row, 'symbol'),
          snippet: text(row, 'snippet'),
          snippetLine: number(row, 'snippetLine'),
        },
      ]
    }),
  )
}

export function symbolRows(outcomes: readonly Outcome[]): SymbolEntry[] {
  return named(outcomes, 'find_symbol', 'outline').flatMap((outcome) =>
    rows(outcome.data).flatMap((row) => {
      const file = text(row, 'file', 'path') || pathInput(outcome)
      const name = text(row, 'name')
      if (file === '' || name === '') return []
      const line = number(row, 'line')
      return [
        {
          file,
          name,
          kind: text(row, 'kind'),
          line,
          end: number(row, 'end', 'endLine') || line,
          container: text(row, 'container'),
          signature: text(row, 'signature'),
          exported: row.exported === true || row.exported === 1,
          doc: text(row, 'doc'),
        },
      ]
    }),
  )
}

/** Files of an outline of a directory, the most important first. */
export function mapFiles(outcomes: readonly Outcome[]): string[] {
  return named(outcomes, 'outline').flatMap((outcome) =>
    isJsonObject(outcome.data)
      ? rows(outcome.data.files ?? null).map((row) => text(row, 'file', 'path'))
      : [],
  )
}

/** Uses from `find_references` and `grep` alike. */
export function useRows(outcomes: readonly Outcome[]): UseRow[] {
  return named(outcomes, 'find_references', 'grep').flatMap((outcome) => {
    const found = rows(outcome.data).flatMap((row) => {
      const file = text(row, 'file', 'path')
      const line = number(row, 'line')
      if (file === '' || line === 0) return []
      return [
        {
          file,
          line,
          kind: text(row, 'kind'),
          enclosing: text(row, 'enclosing'),
          text: text(row, 'text', 'content').trim(),
        },
      ]
    })
    return found.length > 0 || !outcome.ok ? found : linesOfText(outcome.text)
  })
}

/** `path:12: text` lines, and `12: text` lines under a line that is a path. */
function linesOfText(content: string): UseRow[] {
  const found: UseRow[] = []
  let file = ''
  for (const line of content.split('\n')) {
    const whole = /^([^\s:][^:\n]*):(\d+):\s?(.*)$/.exec(line)
    const under = /^\s*(\d+)[:|]\s?(.*)$/.exec(line)
    if (whole) found.push(use(whole[1] as string, whole[2] as string, whole[3] as string))
    else if (under && file !== '') found.push(use(file, under[1] as string, under[2] as string))
    else if (/^\S.*\.\w+:?$/.test(line) || /^\S*\/\S*$/.test(line)) file = line.replace(/:$/, '')
  }
  return found
}

function use(file: string, line: string, content: string): UseRow {
  return { file, line: Number(line), kind: '', enclosing: '', text: content.trim() }
}

/** Paths that `glob` found. */
export function globPaths(outcomes: readonly Outcome[]): string[] {
  return named(outcomes, 'glob').flatMap((outcome) => {
    if (!outcome.ok) return []
    const list = Array.isArray(outcome.data)
      ? outcome.data
      : isJsonObject(outcome.data)
        ? (firstArray(outcome.data) ?? [])
        : outcome.text.split('\n').filter((line) => /^\S+$/.test(line) && /[./]/.test(line))
    return list.flatMap((entry) =>
      typeof entry === 'string'
        ? [entry]
        : isJsonObject(entry)
          ? [text(entry, 'file', 'path')]
          : [],
    )
  })
}

/** The numbered lines of one `read_file`; undefined where it could not be read. */
export function fileText(outcomes: readonly Outcome[], path: string): FileText | undefined {
  const outcome = named(outcomes, 'read_file').find(
    (entry) => entry.ok && pathInput(entry) === path,
  )
  if (!outcome) return undefined
  const lines: string[] = []
  let start = 0
  for (const line of outcome.text.split('\n')) {
    const match = /^\s*(\d+)(?:\t|[:|│→] ?)(.*)$/.exec(line)
    if (!match) continue
    const at = Number(match[1])
    if (lines.length === 0) start = at
    else if (at !== start + lines.length) continue
    lines.push((match[2] as string).replace(/\r$/, ''))
  }
  if (lines.length === 0) return undefined
  const total = isJsonObject(outcome.data) ? number(outcome.data, 'totalLines') : 0
  return { start, lines, ...(total > 0 ? { total } : {}) }
}

export function diagnosticRows(outcomes: readonly Outcome[]): DiagnosticRow[] {
  return named(outcomes, 'diagnostics').flatMap((outcome) =>
    rows(outcome.data).flatMap((file) => {
      const items = Array.isArray(file.items) ? file.items : [file]
      return items.filter(isJsonObject).flatMap((item) => {
        const message = text(item, 'message')
        if (message === '') return []
        return [
          {
            file: text(file, 'file', 'path'),
            severity: text(item, 'severity'),
            line: number(item, 'line'),
            message,
            source: text(item, 'source'),
          },
        ]
      })
    }),
  )
}

function pathInput(outcome: Outcome): string {
  return typeof outcome.input.path === 'string' ? outcome.input.path : ''
}
