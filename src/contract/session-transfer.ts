/** Sessions that come in from elsewhere and go out as files: what is told of them. */

export const importPrograms = ['codi', 'claude', 'codex', 'pi'] as const
/** Whose sessions can be read: codi's own JSON and the earlier Codi's, Claude Code's, Codex's, pi's. */
export type ImportProgram = (typeof importPrograms)[number]

export const exportFormats = ['md', 'html', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** What one source holds, as an import counts it. */
export interface ImportReport {
  program: ImportProgram
  path: string
  /** The id that the other program gave it. */
  sourceId: string
  cwd: string
  title: string
  provider: string
  model: string
  messages: number
  calls: number
  images: number
  compactions: number
  /** Milliseconds since the epoch; of the first and last message. */
  from: number
  to: number
  /** What was not taken over, and how often: `broken lines`, `messages of sub-agents`. */
  leftOut: Record<string, number>
}

export interface ImportOutcome extends ImportReport {
  /** `known`: it is here since an earlier import; `preview`: nothing was kept; `empty`: nobody said anything in it. */
  state: 'imported' | 'known' | 'preview' | 'empty'
  /** The session here. */
  session?: string
}

/** A source that could not be read at all. */
export interface ImportFailure {
  path: string
  message: string
}
