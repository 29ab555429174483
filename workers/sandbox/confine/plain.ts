/** No sandbox at all: where nothing works here, or a person decided so. */
import type { Backend, Confined } from './backend.ts'
import type { Process } from './command.ts'
import { keepByHelper, missingHelper } from './helper-backend.ts'
import type { Lifeline } from './lifeline.ts'
import { startProcess } from './spawn.ts'

/** Ends with codi where there is a helper to see to it. */
export function startUnconfined(process: Process, lifeline: Lifeline | undefined): Confined {
  return missingHelper(lifeline) === undefined
    ? keepByHelper(process, lifeline)
    : startProcess(process)
}

export function openPlain(lifeline: Lifeline | undefined): Backend {
  const nothing = 'commands run with your own rights'
  return {
    name: 'none',
    holds: 'nothing',
    gaps: {
      writes: nothing,
      metadata: nothing,
      protected: nothing,
      credentials: nothing,
      network: nothing,
      sockets: nothing,
      processes: nothing,
      privileges: nothing,
      limits: 'only time and output are limited',
      ...(missingHelper(lifeline) === undefined
        ? {}
        : { ending: 'after kill -9 of codi, what a command started can live on' }),
    },
    ownTmp: false,
    ownNetwork: false,
    endsWithAll: missingHelper(lifeline) === undefined,
    missing: () => undefined,
    start: async (process) => startUnconfined(process, lifeline),
  }
}
