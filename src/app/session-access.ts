/** The sessions that are kept, for the front ends: found by what a person calls them, shown without secrets. */
import { CodiError } from '../base/errors.ts'
import type { Message, ResultBlock } from '../contract/message.ts'
import type { Session, SessionSummary } from '../contract/session.ts'
import type { SessionAccess } from '../contract/session-access.ts'
import type { SessionStore } from '../sessions/store.ts'
import { openFinder } from './session-find.ts'
import type { Labels } from './session-label.ts'
import { standingOf } from './session-standing.ts'
import { sessionText } from './session-text.ts'

export interface SessionAccessParts {
  store(): SessionStore
  /** The directory whose sessions are meant where none is named. */
  cwd: string
  env: Record<string, string | undefined>
  home: string
  mask(text: string): string
  labels: Labels
  labelSoon(): void
  /** What else speaks of sessions that were removed. */
  forget(ids: readonly string[]): void
  /** The session in force, once it is begun. */
  current(): string | undefined
}

export function openSessionAccess(parts: SessionAccessParts): SessionAccess {
  const { store, cwd, mask } = parts
  const finder = openFinder(store, cwd)

  /** The summary of what was typed, as the store has it. */
  const found = (typed: string) => finder.find(typed)
  const again = (id: string) => masked(store().summary(id))

  function masked(row: SessionSummary): SessionSummary {
    const name = row.name === undefined ? {} : { name: mask(row.name) }
    return { ...row, label: mask(row.label), firstPrompt: mask(row.firstPrompt), ...name }
  }

  function opened(typed: string): { session: Session; summary: SessionSummary } {
    const summary = found(typed)
    return { session: store().open(summary.id), summary: masked(summary) }
  }

  return {
    list({ everywhere = false, ...filter } = {}) {
      const rows = store().list({ ...filter, ...(everywhere ? {} : { cwd }) })
      finder.number(rows)
      return rows.map(masked)
    },
    search(text, { everywhere = false, ...filter } = {}) {
      const hits = store().search(text, { ...filter, ...(everywhere ? {} : { cwd }), mask })
      finder.number(hits.map((hit) => hit.summary))
      return hits.map((hit) => ({ ...hit, summary: masked(hit.summary) }))
    },
    find: (typed, options) => masked(finder.find(typed, options)),
    show(typed) {
      const { session, summary } = opened(typed)
      return { summary, text: mask(sessionText([...messagesOf(session)])) }
    },
    standing(typed) {
      const { session, summary } = opened(typed)
      const standing = standingOf(session, summary)
      return {
        ...standing,
        lastPrompt: mask(standing.lastPrompt),
        answerEnd: mask(standing.answerEnd),
        openTodo: standing.openTodo.map((item) => ({ ...item, text: mask(item.text) })),
      }
    },
    prompts(typed) {
      const { session } = opened(typed)
      const prompts = session.prompts({ limit: Number.MAX_SAFE_INTEGER })
      return prompts.map((prompt) => ({ ...prompt, text: mask(prompt.text) }))
    },
    rename(typed, name) {
      const { id } = found(typed)
      checkName(name)
      const other = store()
        .list({ archived: 'with' })
        .find(
          (row) =>
            row.id !== id && name !== '' && row.name?.toLowerCase() === name.trim().toLowerCase(),
        )
      if (other)
        throw new CodiError(
          'usage',
          `Session ${other.id} is named "${name}" already; choose another name`,
        )
      store().rename(id, name)
      return again(id)
    },
    label(typed, label) {
      const { id } = found(typed)
      store().label(id, label.replace(/\s+/g, ' ').trim().slice(0, maxLabelChars))
      return again(id)
    },
    async makeLabel(typed, signal) {
      const { session } = opened(typed)
      store().label(session.id, mask(await parts.labels.make(session, signal)))
      return again(session.id)
    },
    labelSoon: parts.labelSoon,
    archive(typed, archived) {
      const { id } = found(typed)
      store().archive(id, archived)
      return again(id)
    },
    remove(typed) {
      const summary = found(typed)
      store().remove(summary.id)
      parts.forget([summary.id])
      return masked(summary)
    },
    prune({ everywhere = false, ...options }) {
      const gone = store().prune({ ...options, ...(everywhere ? {} : { cwd }) })
      if (!options.dryRun) parts.forget(gone.map(({ id }) => id))
      return gone.map(masked)
    },
    repair: () => store().repair(),
    fork(typed, prompt) {
      const id = typed === undefined ? (parts.current() ?? found('last').id) : found(typed).id
      const fork = store().fork(id, prompt === undefined ? undefined : { prompt })
      return again(fork.id)
    },
    async *export(typed, format) {
      const { session, summary } = opened(typed)
      const source = {
        summary,
        head: session.head,
        path: () => session.path(),
        entries: () => session.entries(),
      }
      if (format === 'json') {
        const { writeJson } = await import('../sessions/transfer/write-json.ts')
        yield* writeJson(source, mask)
      } else if (format === 'md') {
        const { writeMarkdown } = await import('../sessions/transfer/write-markdown.ts')
        yield* writeMarkdown(source, mask)
      } else {
        const { writeHtml } = await import('../sessions/transfer/write-html.ts')
        const { htmlHighlight } = await import('./html-highlight.ts')
        yield* writeHtml(source, { mask, highlight: htmlHighlight })
      }
    },
    async *import(request) {
      const { importSessions } = await import('./session-import.ts')
      yield* importSessions(request, parts)
    },
  }
}

const maxLabelChars = 100
const maxNameChars = 60

/** A name stands for an id on a command line: nothing that could be taken for another word. */
function checkName(name: string): void {
  const text = name.trim()
  if (text === '') return
  if (text.length > maxNameChars || /[\n\r\t]/.test(text))
    throw new CodiError('usage', `A name has one line of at most ${maxNameChars} characters`)
  if (/^(?:last|\d{1,4}|-.*|\d{8}-.*)$/i.test(text))
    throw new CodiError(
      'usage',
      `"${text}" cannot be a name: it means something else where a session is asked for`,
    )
}

/** All that was said, what a compaction covers too; results in one message, as `sessionText` wants them. */
function* messagesOf(session: Session): Generator<Message> {
  let results: ResultBlock[] = []
  for (const entry of session.path()) {
    if (entry.type === 'result') {
      results.push(entry.result)
      continue
    }
    if (entry.type !== 'message' && entry.type !== 'draft') continue
    if (results.length > 0) yield { role: 'tool', content: results }
    results = []
    yield entry.type === 'message'
      ? entry.message
      : { role: 'assistant', content: [{ type: 'text', text: entry.text }] }
  }
  if (results.length > 0) yield { role: 'tool', content: results }
}
