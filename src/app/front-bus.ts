/** The stream as front ends get it: a notice that comes while none of them listens is told another way, never lost. */
import type { AppEvent, EventBus } from '../contract/event.ts'

export type Notice = Extract<AppEvent, { type: 'notice' }>

export function openFrontBus(bus: EventBus, unheard: (notice: Notice) => void): EventBus {
  let listening = 0
  bus.subscribe((event) => {
    if (event.type === 'notice' && listening === 0) unheard(event)
  })
  return {
    emit: bus.emit,
    subscribe(listener) {
      const stop = bus.subscribe(listener)
      let isOver = false
      listening++
      return () => {
        stop()
        if (!isOver) listening--
        isOver = true
      }
    },
  }
}
