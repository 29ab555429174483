/** Redirections: what they would write, and which of them only look like it. */
import {
  absolute,
  credentialFinding,
  isHarmlessDevice,
  secretFinding,
  writeFinding,
} from './files.ts'
import { asks, danger, type Finding, firm } from './finding.ts'
import type { Place } from './scene.ts'
import type { Command, Redirect } from './script.ts'

const rule = 'builtin:redirection'

export function judgeRedirects(command: Command, place: Place): Finding[] {
  return command.redirects.flatMap((redirect) => judgeRedirect(redirect, command, place))
}

function judgeRedirect(redirect: Redirect, command: Command, place: Place): Finding[] {
  const { target, writes, operator } = redirect
  if (!target) return [firm('a redirection without a target', rule)]
  const context = { home: place.home, cwd: command.cwd, title: operator }
  const path = target.value === undefined ? undefined : absolute(target.value, context)
  if (path?.startsWith('/dev/tcp/') || path?.startsWith('/dev/udp/'))
    return [danger(`${target.text} opens a connection to another machine`, rule)]
  const found = [credentialFinding(target, context)]
  if (!writes) {
    found.push(secretFinding(target, context))
    if (target.value === undefined && target.origin === 'unseen' && !target.text.startsWith('<('))
      found.push(asks(`which file is read by ${target.text} cannot be seen`, 'builtin:hidden file'))
  } else if (isSubstitution(target.text)) return []
  else {
    if (path !== undefined && !target.glob && isHarmlessDevice(path)) return []
    found.push(writeFinding(target, context), firm(`it writes to ${target.text}`, rule, 'low'))
  }
  return found.filter((one) => one !== undefined)
}

/** `> >(tee x)`: what runs inside is judged by itself. */
function isSubstitution(text: string): boolean {
  return text.startsWith('>(')
}

/** Whether a redirection of the text would change a file. */
export function writesFile(command: Command, place: Place): boolean {
  return command.redirects.some(({ target, writes }) => {
    if (!writes || !target || isSubstitution(target.text)) return false
    const path =
      target.value === undefined
        ? undefined
        : absolute(target.value, { home: place.home, cwd: command.cwd })
    return path === undefined || target.glob || !isHarmlessDevice(path)
  })
}
