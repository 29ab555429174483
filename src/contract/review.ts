/** What a review answers, whoever made it: a model by its output schema, or the builtin provider. Plain data. */

export type Severity = 'error' | 'warning' | 'info'

export interface Finding {
  severity: Severity
  /** As the diff names it, with `/`. */
  file: string
  /** 1-based, on the new side; 0 means the whole file. */
  line: number
  title: string
  /** What is wrong and what to do, one or two sentences; may be empty. */
  detail: string
}

export interface Review {
  summary: string
  findings: Finding[]
}
