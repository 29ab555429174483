/** The sessions that are kept, put together for one App: found, shown, labelled, brought in and out. */
import { homedir } from 'node:os'
import { errorMessage } from '../base/errors.ts'
import { type Masker, openMasker } from '../base/mask/masker.ts'
import type { ResumeOptions } from '../contract/app.ts'
import type { EventBus } from '../contract/event.ts'
import type { SessionAccess } from '../contract/session-access.ts'
import type { Settings } from '../contract/settings.ts'
import { forgetSessions } from '../journal/forget.ts'
import type { CurrentSession } from './current-session.ts'
import { openLabelSoon } from './label-soon.ts'
import type { ModelInUse } from './model.ts'
import { openSessionAccess } from './session-access.ts'
import { openLabels } from './session-label.ts'
import { type ResumeChoice, sessionToResume } from './session-resume.ts'

export interface KeptSessions {
  sessions: SessionAccess
  toResume(typed: string | undefined, how: ResumeOptions): ResumeChoice
  close(): Promise<void>
}

export function openKeptSessions(parts: {
  settings: Settings
  env: Record<string, string | undefined>
  cwd: string
  /** Where the journal of changes lies. */
  journal: string
  current: CurrentSession
  bus: EventBus
  masker: Masker | undefined
  choose(settings: Settings): Promise<ModelInUse>
  warn(text: string): void
}): KeptSessions {
  const { settings, env, cwd, current, bus, choose, warn } = parts
  let masker = parts.masker

  /** What leaves is masked also where the person sees it as it is. */
  function mask(text: string): string {
    masker ??= openMasker({ env, patterns: settings.secretPatterns })
    return masker.mask(text)
  }

  const labels = openLabels({ settings, mask, choose })
  const inForce = () => (current.forgets ? undefined : current.conversation.id)
  const labelling = openLabelSoon({
    ...{ bus, labels, warn },
    current() {
      const id = inForce()
      if (id === undefined) return undefined
      return { session: current.conversation.session(), summary: current.store().summary(id) }
    },
    set: (id, label) => current.store().label(id, mask(label)),
  })
  const sessions = openSessionAccess({
    ...{ cwd, env, mask, labels },
    home: env.HOME || homedir(),
    store: () => current.store(),
    labelSoon: () => labelling.soon(),
    current: inForce,
    forget(ids) {
      try {
        forgetSessions({ directory: parts.journal, notice: warn }, ids)
      } catch (thrown) {
        warn(`The journal of changes still has words of what was deleted: ${errorMessage(thrown)}`)
      }
    },
  })
  const resumes = { access: sessions, store: () => current.store(), cwd, inForce }
  return {
    sessions,
    toResume: (typed, how) => sessionToResume(resumes, typed, how),
    close: () => labelling.close(),
  }
}
