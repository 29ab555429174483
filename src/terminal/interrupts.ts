/** Interrupts from the keyboard: the first stops what runs, a second one soon after means to leave. */

export interface Interrupts {
  /** Takes note of one; true when it came soon after another. */
  again(): boolean
  /** Something else was pressed: the next one is a first one. */
  forget(): void
}

const soonMs = 2000

export function openInterrupts(): Interrupts {
  let last = Number.NEGATIVE_INFINITY
  return {
    again() {
      const now = Date.now()
      const isSoon = now - last < soonMs
      last = now
      return isSoon
    },
    forget() {
      last = Number.NEGATIVE_INFINITY
    },
  }
}
