/**
 * The private loopback that commands of one session share: a server in a background shell and the program that asks it
 * must meet. Who comes joins the oldest that still runs; each has a port of its own for its way out.
 */

export interface Loopback {
  enter(): Guest
}

export interface Guest {
  /** Where this command's proxy is reached: free as long as it runs. */
  readonly port: number
  /** A process whose network is to be shared; undefined for the first. */
  readonly join: number | undefined
  /** It runs: `init` answers the process that stands for its network, once that is known. */
  runs(init: () => number | undefined): void
  leave(): void
}

export const firstPort = 3128

export function openLoopback(): Loopback {
  /** In the order in which they came. */
  const guests = new Map<number, (() => number | undefined) | undefined>()

  function oldest(): number | undefined {
    for (const init of guests.values()) {
      const pid = init?.()
      if (pid !== undefined) return pid
    }
    return undefined
  }

  return {
    enter() {
      const join = oldest()
      let port = firstPort
      while (guests.has(port)) port++
      guests.set(port, undefined)
      return {
        port,
        join,
        runs: (init) => void guests.set(port, init),
        leave: () => void guests.delete(port),
      }
    },
  }
}
