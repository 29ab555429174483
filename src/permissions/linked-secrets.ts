/**
 * Words of a command that are links to files with secrets. A repository can bring `notes.md -> .env`: the text of the
 * command does not show it, so that the words are looked at as they stand in the directory.
 */
import { lstatSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CommandVerdict } from '../contract/policy.ts'
import type { PathJudge } from './path-judge.ts'

/** These do not show what is in a file, or show the link itself. */
const onlyNames =
  /^(?:echo|printf|ls|cd|pushd|basename|dirname|realpath|readlink|stat|file|du|rm|unlink|test|\[|\[\[|find|fd|git)$/
/** Words beyond these are not looked at. */
const maxWords = 200

/** The verdict, or the one that asks in every mode because of such a link. */
export function withLinkedSecrets(
  verdict: CommandVerdict,
  { cwd, paths }: { cwd: string; paths: PathJudge },
): CommandVerdict {
  if (verdict.dangerous || verdict.decision === 'deny') return verdict
  const words = verdict.commands
    .filter(([name]) => !onlyNames.test(name ?? ''))
    .flatMap((argv) => argv.slice(1))
    .slice(0, maxWords)
  for (const word of words) {
    const target = linkTarget(resolve(cwd, word))
    if (target === undefined || paths.secrecy(target) === 'open') continue
    return {
      ...verdict,
      decision: 'ask',
      dangerous: true,
      risk: 'high',
      reason: `${word} is a link to ${target}, which may hold secrets`,
      rule: 'builtin:credentials',
      remember: [],
      readsOnly: false,
    }
  }
  return verdict
}

function linkTarget(path: string): string | undefined {
  try {
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
    return isLink ? realpathSync(path) : undefined
  } catch {
    // Too long for a name, a loop of links: no file is behind it.
    return undefined
  }
}
