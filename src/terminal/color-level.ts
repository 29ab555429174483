/**
 * What the environment says of colour and glyphs. Order for colour: `--color`, FORCE_COLOR, NO_COLOR, CLICOLOR_FORCE,
 * then the terminal itself. Nothing here reads the process: all of it comes in as arguments.
 */

export type Env = Record<string, string | undefined>

/** 0 none, 1 the 16 colours of the user's theme, 2 the 256 palette, 3 true colour. */
export type ColorLevel = 0 | 1 | 2 | 3

export type ColorMode = 'auto' | 'always' | 'never'

export function colorLevel(options: {
  env: Env
  mode: ColorMode
  isTerminal: boolean
}): ColorLevel {
  const { env, mode } = options
  if (mode === 'never') return 0
  if (mode === 'always') return Math.max(1, terminalLevel(env)) as ColorLevel
  const forced = forcedLevel(env)
  if (forced !== undefined) return forced
  if (env.NO_COLOR) return 0
  if (env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== '0')
    return Math.max(1, terminalLevel(env)) as ColorLevel
  if (!options.isTerminal || env.CLICOLOR === '0') return 0
  return terminalLevel(env)
}

function forcedLevel(env: Env): ColorLevel | undefined {
  const value = env.FORCE_COLOR
  if (value === undefined) return undefined
  if (value === '0' || value === 'false') return 0
  if (value === '2') return 2
  if (value === '3') return 3
  return 1
}

function terminalLevel(env: Env): ColorLevel {
  const term = env.TERM ?? ''
  if (term === 'dumb') return 0
  if (/truecolor|24bit/i.test(env.COLORTERM ?? '')) return 3
  return /256/.test(term) ? 2 : 1
}

/**
 * False where the locale is named and is not UTF-8 (`C`, `POSIX`, `de_DE.ISO-8859-1`): glyphs are ASCII then. Containers
 * often name no locale at all though their terminal is a modern one, so no locale counts as UTF-8.
 */
export function isUnicode(env: Env): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  return locale ? /utf-?8/i.test(locale) : true
}
