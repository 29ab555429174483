/** Commands that run another one: `timeout 5 CMD`, `nice`, `sudo`, `git bisect run`. What they run is judged. */
import { danger, firm } from '../finding.ts'
import type { Look } from '../scene.ts'
import type { Word } from '../script.ts'

/** Options without a value; one that is not here might take the next word, and hide which one is the command. */
const flags =
  /^(?:-\d+|-[pvVqaxlct]|--|--foreground|--preserve-status|--verbose|--portability|--append|--quiet|--ignore|--fork|--ctty|--wait)$/
/** Of those that run with other rights, whose options are asked for anyway. */
const rootFlags = /^(?:-[nEHikKlPSsbABeTv]+|--[a-z-]+)$/

export const wrapper: Look = (scene) => {
  const { args, row } = scene
  // The words of the shell take `-p` only, or none: what stands there is the command.
  const keyword = scene.words[0]?.value
  const lead = args[0]?.lead ?? ''
  if ((keyword === 'time' && /^-[^p]/.test(lead)) || (keyword === 'coproc' && lead[0] === '-'))
    return { findings: [danger(`what ${keyword} runs cannot be seen`, 'builtin:hidden command')] }
  const found = unwrap(args, {
    values: row.values ?? '',
    before: row.before ?? 0,
    flags: row.danger ? rootFlags : flags,
  })
  if (scene.title === 'command' && /^-p?[vV]+$/.test(args[0]?.value ?? '')) return {}
  if (found === undefined)
    return {
      findings: [danger(`what ${scene.title} runs cannot be seen`, 'builtin:hidden command')],
    }
  const findings =
    keyword === 'coproc' ? [firm('coproc leaves a command behind', 'builtin:coproc')] : []
  return found.length > 0 ? { findings, parts: scene.runs(found) } : { findings }
}

/** The words of the inner command; empty where there is none, undefined where it cannot be told. */
export function unwrap(
  args: readonly Word[],
  options: { values: string; before: number; flags: RegExp },
): readonly Word[] | undefined {
  const takers = options.values.split(' ').filter(Boolean)
  let at = 0
  for (; at < args.length; at++) {
    const word = args[at]
    if (!word) break
    if (!word.lead.startsWith('-') && word.value !== undefined) break
    const { value } = word
    if (value === undefined) return undefined
    if (value === '--') {
      at++
      break
    }
    if (takers.includes(value)) at++
    else if (takers.some((taker) => isAttached(value, taker)) || options.flags.test(value)) continue
    else return undefined
  }
  const rest = args.slice(at)
  const before = rest.slice(0, options.before)
  if (before.some((word) => word.many || word.value === undefined)) return undefined
  return rest.slice(options.before)
}

function isAttached(value: string, taker: string): boolean {
  return taker.startsWith('--') ? value.startsWith(`${taker}=`) : value.startsWith(taker)
}
