/**
 * What is never run, and what is asked for in every mode. A first line of defence by patterns on the command text;
 * it errs towards asking.
 */

interface Row {
  pattern: RegExp
  reason: string
}

/** Nobody can allow these. */
const refused: readonly Row[] = [
  {
    pattern:
      /\brm\s+(?:-[a-z-]+\s+)*["']?(?:\/+[.*]?|~\/?|\$HOME\/?|\$\{HOME\}\/?|"\$HOME"\/?)["']?(?:[\s;|&)}`]|$)/i,
    reason: 'it would delete the whole disk or home directory',
  },
  {
    pattern:
      /(?:^|[\n;&|({`]|\b(?:sudo|doas|env|exec|command|time|then|do|else))\s*(?:\S*\/)?mkfs(?:\.\w+)?\s/,
    reason: 'it would format a disk',
  },
  {
    pattern: /\bdd\b[^|;&]*\bof=\/dev\/(?!null|zero|stdout|stderr|tty)/,
    reason: 'it would write to a disk device',
  },
  {
    pattern: />\s*\/dev\/(?:sd|nvme|vd|hd|mmcblk|disk)/,
    reason: 'it would write to a disk device',
  },
  { pattern: /:\s*\(\s*\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:/, reason: 'it is a fork bomb' },
]

/** A person is asked, whatever the mode. */
const dangerous: readonly Row[] = [
  {
    pattern: /\brm\b[^;&|]*\s-(?:[a-z]*[rf]|-recursive|-force)/i,
    reason: 'deletes without asking',
  },
  {
    pattern:
      />\s*["']?(?:[^\s;|&]*\/)?\.git\/|\b(?:tee|cp|mv|ln|install|rsync|rm|touch|chmod|sed)\b[^;&|]*\s["']?(?:[^\s;|&]*\/)?\.git(?:\/|["'\s]|$)/,
    reason: "changes git's own files",
  },
  {
    pattern:
      /\bgit\b[^;&|]*\bconfig\b[^;&|]*(?:core\.(?:hookspath|fsmonitor|sshcommand|pager|editor|askpass)|alias\.|filter\.|credential\.|url\.)/i,
    reason: 'decides what git runs later',
  },
  {
    pattern: />\s*["']?[^\s;|&]*\.codi(?:\.local)?(?:\/|\.json)/,
    reason: "changes codi's own settings",
  },
  { pattern: /\b(?:sudo|doas|su|pkexec)\b/, reason: 'runs as another user' },
  { pattern: /\bchmod\b[^;&|]*\s(?:-R|0?777|a\+w)/, reason: 'opens permissions widely' },
  { pattern: /\bchown\b[^;&|]*\s-R/, reason: 'changes owners of a whole tree' },
  { pattern: /\bdd\b[^;&|]*\bof=/, reason: 'overwrites raw data' },
  {
    pattern: /\b(?:curl|wget)\b[^;&]*\|\s*(?:\w+\s+)*(?:ba|z|da|k)?sh\b/,
    reason: 'runs code from the network',
  },
  { pattern: /\b(?:ba|z)?sh\b\s+<\(\s*(?:curl|wget)\b/, reason: 'runs code from the network' },
  { pattern: /\bgit\b[^;&|]*\bpush\b/, reason: 'publishes commits' },
  {
    pattern:
      /\bgit\b[^;&|]*\b(?:reset\b[^;&|]*--hard|clean\b[^;&|]*-[a-z]*f|checkout\b[^;&|]*\s(?:--\s|\.(?:\s|$))|restore\b|stash\s+(?:drop|clear)|branch\b[^;&|]*\s-D|filter-branch|rebase)/,
    reason: 'can throw work away',
  },
  {
    pattern: /\b(?:find)\b[^;&|]*\s-(?:delete|exec|execdir|ok)\b/,
    reason: 'deletes or runs commands on what it finds',
  },
  { pattern: /\bxargs\b[^;&|]*\brm\b/, reason: 'deletes what is piped in' },
  { pattern: /\b(?:shutdown|reboot|halt|poweroff)\b/, reason: 'stops the machine' },
  { pattern: /\bkill(?:all)?\b|\bpkill\b/, reason: 'ends processes' },
  {
    pattern: /\b(?:npm|pnpm|yarn|cargo|gem|twine)\b[^;&|]*\bpublish\b/,
    reason: 'publishes a package',
  },
  { pattern: /\b(?:crontab|systemctl|launchctl)\b/, reason: 'changes services of the machine' },
  {
    pattern:
      /\b(?:docker|podman|kubectl|terraform)\b[^;&|]*\b(?:rm|rmi|prune|delete|destroy|apply)\b/,
    reason: 'removes or changes what runs elsewhere',
  },
  { pattern: /\b(?:ssh-add|gpg)\b|\.(?:ssh|aws|gnupg)\//, reason: 'touches credentials' },
  { pattern: /\beval\b/, reason: 'runs text that cannot be judged' },
  {
    pattern:
      /\bhistory\s+-c\b|>\s*~?\/?\S*\.(?:bash|zsh)(?:rc|_history|_profile|env)\b|>\s*\S*\.profile\b/,
    reason: 'changes shell start-up or history',
  },
]

/** Paths below the workspace that no tool may write. */
const refusedPaths: readonly Row[] = [
  { pattern: /(?:^|\/)\.git(?:\/|$)/i, reason: 'git keeps its own files; use git commands' },
]

/** Paths whose change is always asked for: they decide what codi or a shell runs later. */
const dangerousPaths: readonly Row[] = [
  { pattern: /(?:^|\/)\.codi(?:\.local)?(?:\/|\.json$)/i, reason: "changes codi's own settings" },
  {
    pattern: /(?:^|\/)\.(?:bash|zsh)(?:rc|_profile|env)$|(?:^|\/)\.profile$/,
    reason: 'changes shell start-up',
  },
  { pattern: /(?:^|\/)\.(?:ssh|aws|gnupg)\//, reason: 'touches credentials' },
  { pattern: /(?:^|\/)\.(?:husky|githooks)\//, reason: 'changes git hooks' },
]

/**
 * A pattern looks at this much of a line at a time: the time it takes grows with the length of a command, not with its
 * square. Neighbours share half, so that what belongs together is seen together.
 */
const windowChars = 1000

/** Why this command must never run; undefined when it may be judged further. */
export function refusedCommand(command: string): string | undefined {
  return firstCommandReason(refused, command)
}

export function dangerousCommand(command: string): string | undefined {
  return firstCommandReason(dangerous, command)
}

export function refusedPath(path: string): string | undefined {
  return firstReason(refusedPaths, path)
}

export function dangerousPath(path: string): string | undefined {
  return firstReason(dangerousPaths, path)
}

function firstCommandReason(rows: readonly Row[], command: string): string | undefined {
  for (const window of windowsOf(command)) {
    const reason = firstReason(rows, window)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** The lines of a command, those put together that a shell reads as one, in pieces of bounded length. */
function* windowsOf(command: string): Generator<string> {
  const whole = command.replace(/\\\r?\n/g, ' ').replace(/([|&])[ \t]*\r?\n/g, '$1 ')
  for (const line of whole.split('\n')) {
    for (let at = 0; at === 0 || at + windowChars / 2 < line.length; at += windowChars / 2)
      yield line.slice(at, at + windowChars)
  }
}

function firstReason(rows: readonly Row[], text: string): string | undefined {
  return rows.find((row) => row.pattern.test(text))?.reason
}
