/** Opens an address in the person's browser, where there is one to open. */
import { startDetached } from '../base/process.ts'

/** False where nobody would see it: no screen, a session over SSH, no program for it. */
export function openBrowser(url: string, env: Record<string, string | undefined>): boolean {
  const own = (env.BROWSER ?? '').split(':').filter((each) => each.trim() !== '')
  for (const line of own) {
    const words = line.trim().split(/\s+/)
    const hasPlace = words.some((word) => word.includes('%s'))
    const argv = hasPlace ? words.map((word) => word.replaceAll('%s', url)) : [...words, url]
    if (startDetached(argv)) return true
  }
  if (own.length > 0 || env.SSH_CONNECTION || env.SSH_TTY) return false
  if (process.platform === 'darwin') return startDetached(['open', url])
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return false
  return startDetached(['xdg-open', url])
}
