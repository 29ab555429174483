/**
 * What the model has been told of where it works. The system prompt stays as the first prompt of a session had it, also
 * after a resume, so that a provider's prompt cache holds; what is another way by now is told with the next message.
 */
import type { Mode } from '../contract/permission.ts'
import type { Session, Told } from '../contract/session.ts'
import { modeTexts } from './environment.ts'

/** What is so now. */
export interface Circumstances {
  mode: Mode
  remembered: string
}

/** In how many of the newest messages it is looked for: the loop's own and those typed while it worked have none. */
const newest = 50

/** What the system prompt of this session was made of; undefined where that is not known. */
export function firstTold(session: Session): Required<Told> | undefined {
  for (const entry of session.path()) {
    if (entry.type !== 'message') continue
    const { told } = entry
    if (told?.remembered !== undefined) return { ...told, remembered: told.remembered }
    if (entry.message.role === 'assistant') return undefined
  }
  return undefined
}

/** By what the model still gets: a note that a summary has taken the place of is told again. */
/** True where nobody has been told anything yet, whatever a person has pinned before. */
export function isUntold(session: Session): boolean {
  for (const entry of session.path())
    if (entry.type === 'message' && (entry.told || entry.message.role === 'assistant')) return false
  return true
}

export function lastTold(session: Session): Told | undefined {
  for (const { entry: id } of session.prompts({ limit: newest }).toReversed()) {
    const entry = session.entry(id)
    if (entry?.type === 'message' && entry.told)
      return isCovered(session, id) ? undefined : entry.told
  }
  return undefined
}

function isCovered(session: Session, id: number): boolean {
  const compaction = session.last('compaction')
  if (!compaction || session.last('compaction_undone')?.compaction === compaction.id) return false
  return id < (compaction.keptFrom ?? compaction.id)
}

export function memoriesHash(remembered: string): string {
  return Bun.hash.wyhash(remembered).toString(36)
}

/** What to tell of the way from one to the other. */
export function changeNotes(
  before: Told,
  environment: Told['environment'],
  { mode, remembered }: Circumstances,
): string[] {
  const rowOf = (rows: Told['environment'], name: string) =>
    rows.find((row) => row.name === name)?.value
  const changed = environment.filter(
    ({ name, value }) => name !== 'mode' && rowOf(before.environment, name) !== value,
  )
  const gone = before.environment.filter(({ name }) => rowOf(environment, name) === undefined)
  const rows = [...changed, ...gone.map(({ name }) => ({ name, value: 'none any more' }))]
  const lines = rows.map(({ name, value }) => `- ${name}: ${value}`).join('\n')
  return [
    ...(lines === '' ? [] : [`<environment-change>\n${lines}\n</environment-change>`]),
    ...(memoriesHash(remembered) === before.memories ? [] : [remembered || nothingRemembered]),
    ...(rowOf(before.environment, 'mode') === modeTexts[mode]
      ? []
      : [`<mode-change>The mode is now ${modeTexts[mode]}</mode-change>`]),
  ]
}

const nothingRemembered = '<memories>\nNothing is remembered any more.\n</memories>'
