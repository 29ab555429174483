/** Commands about the code that need no model, by name; each is loaded when it is asked for. */
import type { CodeCommand } from './code/command.ts'

/** Each answers the exit status. */
export const codeCommands: Record<string, (command: CodeCommand) => Promise<number>> = {
  search: async (command) => (await import('./code/search.ts')).search(command),
  symbols: async (command) => (await import('./code/symbols.ts')).symbols(command),
  refs: async (command) => (await import('./code/refs.ts')).refs(command),
  outline: async (command) => (await import('./code/outline.ts')).outline(command),
  impact: async (command) => (await import('./code/impact.ts')).impact(command),
  graph: async (command) => (await import('./code/graph.ts')).graph(command),
  map: async (command) => (await import('./code/map.ts')).map(command),
  index: async (command) => (await import('./code/index-command.ts')).index(command),
  diagnostics: async (command) => (await import('./code/diagnostics.ts')).diagnostics(command),
  lsp: async (command) => (await import('./code/lsp.ts')).lsp(command),
}
