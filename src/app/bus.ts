/** The one stream of events: told to every listener in order; a listener that throws harms no other. */
import type { AppEvent, EventBus } from '../contract/event.ts'

/** `pass` says what listeners are told instead of an event. */
export function openBus(pass: (event: AppEvent) => AppEvent[] = (event) => [event]): EventBus {
  const listeners = new Set<(event: AppEvent) => void>()
  return {
    emit(event) {
      for (const passed of pass(event))
        for (const listener of [...listeners]) tell(listener, passed)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function tell(listener: (event: AppEvent) => void, event: AppEvent): void {
  try {
    listener(event)
  } catch (thrown) {
    // A front end that cannot draw must not stop the work; it is told where developers look.
    queueMicrotask(() => {
      throw thrown
    })
  }
}
