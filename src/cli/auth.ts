/** Commands about credentials. They need no App: they must work when nothing else does. */
import { usage } from './args.ts'
import type { AuthCommand } from './auth/command.ts'

export const authCommands: Record<
  'login' | 'logout' | 'auth',
  (command: AuthCommand) => Promise<number>
> = {
  login: async (command) => (await import('./auth/login.ts')).login(command),
  logout: async (command) => (await import('./auth/logout.ts')).logout(command),
  async auth(command) {
    const [action = 'status'] = command.args.words
    if (action === 'status') return (await import('./auth/status.ts')).authStatus(command)
    if (action === 'import') return (await import('./auth/import.ts')).authImport(command)
    throw usage(`codi auth knows status and import, not "${action}"`)
  },
}
