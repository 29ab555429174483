/**
 * What a person has codi do beside the calls of a model, in the audit log: changes taken back or put back, tries applied
 * or thrown away, memories. Each is recorded before it is done, and refused where it cannot be.
 */
import type { JsonObject } from '../base/json.ts'
import type { History } from '../contract/history.ts'
import type { Memory } from '../contract/memory.ts'
import type { Tries } from '../contract/tries.ts'
import type { Auditing } from './auditing.ts'
import { auditName } from './safety.ts'

export interface Acts {
  history: History
  tries: Tries
  memory: Memory
}

/** Of a longer list the rest is only counted. */
const maxPaths = 200

export function auditedActs(
  acts: Acts,
  { audit, cwd }: { audit: Auditing | undefined; cwd: string },
): Acts {
  if (!audit) return acts
  const { history, tries, memory } = acts

  async function recorded<T>(act: string, facts: JsonObject, work: () => Promise<T>): Promise<T> {
    // A command of its own belongs to no session.
    if (audit?.path === undefined) await audit?.begin(auditName('person'), { cwd })
    audit?.act(act, facts)
    if (audit?.failure) throw audit.failure
    return work()
  }

  return {
    history: {
      ...history,
      get off() {
        return history.off
      },
      apply(plan, answers) {
        const facts = {
          steps: plan.steps.map(({ id }) => id),
          files: plan.files.length,
          paths: plan.files.slice(0, maxPaths).map(({ absolute }) => absolute),
          ...(plan.conversation ? { session: plan.conversation.session } : {}),
        }
        return recorded(plan.what, facts, () => history.apply(plan, answers))
      },
    },
    tries: {
      ...tries,
      apply: (id, options = {}) =>
        recorded('try_apply', { id, paths: [...(options.paths ?? [])] }, () =>
          tries.apply(id, options),
        ),
      discard: (id) => recorded('try_discard', { id }, () => tries.discard(id)),
    },
    memory: {
      ...memory,
      add: (given) => recorded('memory_add', { ...given }, () => memory.add(given)),
      remove: (facts) =>
        recorded('memory_remove', { texts: facts.map(({ text }) => text) }, () =>
          memory.remove(facts),
        ),
      accept: () => recorded('memory_accept', {}, () => memory.accept()),
    },
  }
}
