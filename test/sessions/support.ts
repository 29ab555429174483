/** Session stores in directories of their own, and the entries that tests put into them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EntryBody, Session } from '../../src/contract/session.ts'
import { openSessionStore, type SessionStore } from '../../src/sessions/store.ts'

export const about = { cwd: '/w', provider: 'mock', model: 'm' }

export interface StoreBench extends Disposable {
  directory: string
  path: string
  /** What was said aloud. */
  notices: string[]
  /** A store on the same file, as another process would have it. */
  open(): SessionStore
}

export function openStoreBench(): StoreBench {
  const directory = mkdtempSync(join(tmpdir(), 'codi-sessions-'))
  const path = join(directory, 'sessions.db')
  const notices: string[] = []
  const opened: SessionStore[] = []
  return {
    directory,
    path,
    notices,
    open() {
      const results = join(directory, 'results')
      const store = openSessionStore({ path, results, notice: (text) => notices.push(text) })
      opened.push(store)
      return store
    },
    [Symbol.dispose]() {
      for (const store of opened) store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

export const user = (text: string): EntryBody => ({
  type: 'message',
  message: { role: 'user', content: [{ type: 'text', text }] },
})

export const said = (text: string, costUsd?: number | null): EntryBody => ({
  type: 'message',
  message: { role: 'assistant', content: [{ type: 'text', text }] },
  ...(costUsd === undefined
    ? {}
    : {
        costUsd,
        usage: {
          inputTokens: 10,
          outputTokens: 2,
          cacheReadTokens: 1,
          cacheWriteTokens: 0,
          reasoningTokens: 0,
        },
      }),
})

export const calls = (...ids: string[]): EntryBody => ({
  type: 'message',
  message: {
    role: 'assistant',
    content: ids.map((id) => ({ type: 'call', id, name: 'bash', input: { command: `run ${id}` } })),
  },
})

export const result = (callId: string, text = `done ${callId}`): EntryBody => ({
  type: 'result',
  result: {
    type: 'result',
    callId,
    name: 'bash',
    content: [{ type: 'text', text }],
    isError: false,
  },
})

/** The texts of the messages, as a model would get them. */
export function texts(session: Session): string[] {
  return session
    .messages()
    .flatMap(({ content }) =>
      content.flatMap((block) =>
        block.type === 'text'
          ? [block.text]
          : block.type === 'result'
            ? block.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
            : [],
      ),
    )
}
