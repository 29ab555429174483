/** Where codi keeps things: XDG by default, all below CODI_HOME when it is set. Nothing is created here. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export interface CodiPaths {
  config: string
  data: string
  cache: string
}

export function codiPaths(env: Record<string, string | undefined>): CodiPaths {
  const home = env.CODI_HOME
  if (home)
    return { config: join(home, 'config'), data: join(home, 'data'), cache: join(home, 'cache') }
  const base = env.HOME || homedir()
  const under = (variable: string | undefined, fallback: string) =>
    // The XDG specification wants relative values ignored.
    join(variable?.startsWith('/') ? variable : join(base, fallback), 'codi')
  return {
    config: under(env.XDG_CONFIG_HOME, '.config'),
    data: under(env.XDG_DATA_HOME, '.local/share'),
    cache: under(env.XDG_CACHE_HOME, '.cache'),
  }
}
