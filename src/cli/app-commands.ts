/** Commands that need the app and are neither about the code nor recipes, by name; each is loaded when it is asked for. */
import type { AppCommand } from './app-command.ts'

interface Row {
  /** Permission questions go to the person at the terminal, where there is one. */
  asks?: true
  /** Answers the exit status. */
  run(command: AppCommand): Promise<number>
}

export const appCommands: Readonly<Record<string, Row>> = {
  try: { run: async (command) => (await import('./try.ts')).tries(command) },
  sandbox: { run: async (command) => (await import('./sandbox.ts')).sandbox(command) },
  sessions: {
    asks: true,
    run: async (command) => (await import('./sessions/sessions.ts')).sessions(command),
  },
  resume: { run: async (command) => (await import('./sessions/resume.ts')).resume(command) },
  fork: { run: async (command) => (await import('./sessions/resume.ts')).fork(command) },
  export: { run: async (command) => (await import('./sessions/export.ts')).exportSession(command) },
  import: {
    run: async (command) => (await import('./sessions/import.ts')).importSessions(command),
  },
  status: { run: async (command) => (await import('./state.ts')).status(command) },
  usage: { asks: true, run: async (command) => (await import('./usage.ts')).usage(command) },
  context: { run: async (command) => (await import('./context.ts')).context(command) },
  undo: { asks: true, run: async (command) => (await import('./history/undo.ts')).undo(command) },
  redo: { asks: true, run: async (command) => (await import('./history/undo.ts')).redo(command) },
  restore: {
    asks: true,
    run: async (command) => (await import('./history/undo.ts')).restore(command),
  },
  diff: { run: async (command) => (await import('./history/diff.ts')).diff(command) },
  checkpoints: {
    run: async (command) => (await import('./history/checkpoints.ts')).checkpoints(command),
  },
  du: { run: async (command) => (await import('./history/disk.ts')).du(command) },
  gc: { run: async (command) => (await import('./history/disk.ts')).gc(command) },
  models: { run: async (command) => (await import('./state.ts')).models(command) },
  todo: { run: async (command) => (await import('./todo.ts')).todo(command) },
  goal: { asks: true, run: async (command) => (await import('./goal.ts')).goal(command) },
  memory: { asks: true, run: async (command) => (await import('./memory.ts')).memory(command) },
  plan: { asks: true, run: async (command) => (await import('./plan.ts')).plan(command) },
  tool: { asks: true, run: async (command) => (await import('./scripts.ts')).tool(command) },
  'apply-patch': {
    asks: true,
    run: async (command) => (await import('./scripts.ts')).applyPatch(command),
  },
  debug: { run: async (command) => (await import('./scripts.ts')).debug(command) },
}
