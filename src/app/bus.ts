/** The one stream of events: told to every listener in order; a listener that throws harms no other. */
import type { AppEvent, EventBus } from '../contract/event.ts'

export function openBus(): EventBus {
  const listeners = new Set<(event: AppEvent) => void>()
  return {
    emit(event) {
      for (const listener of [...listeners]) {
        try {
          listener(event)
        } catch (thrown) {
          // A front end that cannot draw must not stop the work; it is told where developers look.
          queueMicrotask(() => {
            throw thrown
          })
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
