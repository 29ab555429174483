/** Tries as the service holds them: what carries them out is loaded with the first question about them. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tries, TriesOptions } from './tries.ts'

export function openTriesLater(options: TriesOptions): Tries {
  let opened: Promise<Tries> | undefined
  function tries(): Promise<Tries> {
    opened ??= import('./tries.ts').then(({ openTries }) => openTries(options))
    return opened
  }
  return {
    begin: async (command) => (await tries()).begin(command),
    overlay: async (request) => (await tries()).overlay(request),
    tries: async (request) => (await tries()).tries(request),
    tryReport: async (request) => (await tries()).tryReport(request),
    applyTry: async (request) => (await tries()).applyTry(request),
    discardTry: async (request) => (await tries()).discardTry(request),
  }
}

/** Where the data directory takes no upper layer (a network, another overlay), memory does. */
export function triesPlaces(directory: string): string[] {
  const user = process.geteuid?.() ?? 0
  return [directory, ...['/dev/shm', tmpdir()].map((place) => join(place, `codi-tries-${user}`))]
}
