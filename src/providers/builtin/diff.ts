/**
 * Reads a unified diff as git, `diff -u` and hosting sites write it: colours, quoted names, renames, binary files,
 * merge diffs (`@@@`), a commit message in front. Text that is no diff gives no files. Never throws.
 */

export interface DiffLine {
  type: '+' | '-' | ' '
  text: string
  /** 1-based; of a removed line the place it had, of an added line the place before which it stands. */
  oldLine: number
  newLine: number
}

export interface Hunk {
  /** What git prints after the second `@@`: usually the enclosing definition. */
  heading: string
  lines: DiffLine[]
}

export interface FileDiff {
  /** The new name, or the old one of a deleted file. */
  path: string
  oldPath: string
  status: 'added' | 'deleted' | 'modified' | 'renamed'
  binary: boolean
  hunks: Hunk[]
}

export function looksLikeDiff(text: string): boolean {
  return /^(?:\x1b\[[\d;]*m)*(?:diff --(?:git|cc|combined) |@@@? -\d+|--- \S.*\n(?:\x1b\[[\d;]*m)*\+\+\+ )/m.test(
    text,
  )
}

export function parseDiff(text: string): FileDiff[] {
  const lines = text.replace(/\x1b\[[\d;]*[mK]/g, '').split('\n')
  const files: FileDiff[] = []
  let file: FileDiff | undefined
  let index = 0
  const begin = (oldPath: string, path: string): FileDiff => {
    const next: FileDiff = { path, oldPath, status: 'modified', binary: false, hunks: [] }
    files.push(next)
    return next
  }
  while (index < lines.length) {
    const line = lines[index] as string
    const git = /^diff --git (.+)$/.exec(line)
    const combined = /^diff --(?:cc|combined) (.+)$/.exec(line)
    if (git) {
      const [oldPath, path] = gitPaths(git[1] as string)
      file = begin(oldPath, path)
    } else if (combined) {
      file = begin(unquote(combined[1] as string), unquote(combined[1] as string))
    } else if (line.startsWith('--- ') && lines[index + 1]?.startsWith('+++ ')) {
      const oldName = headerPath(line)
      const newName = headerPath(lines[index + 1] as string)
      if (!file || file.hunks.length > 0) file = begin(oldName ?? '', newName ?? '')
      if (oldName === undefined) file.status = 'added'
      else file.oldPath = oldName
      if (newName === undefined) file.status = 'deleted'
      file.path = newName ?? file.oldPath
      index++
    } else if (file && /^@@+ -/.test(line)) {
      index = readHunk(lines, index, file)
      continue
    } else if (file && file.hunks.length === 0) {
      readExtendedHeader(line, file)
    }
    index++
  }
  return files.filter((entry) => entry.path !== '')
}

function readExtendedHeader(line: string, file: FileDiff): void {
  if (/^new file mode/.test(line)) file.status = 'added'
  else if (/^deleted file mode/.test(line)) file.status = 'deleted'
  else if (/^(Binary files |GIT binary patch)/.test(line)) file.binary = true
  const from = /^(?:rename|copy) from (.+)$/.exec(line)
  const to = /^(rename|copy) to (.+)$/.exec(line)
  if (from) file.oldPath = unquote(from[1] as string)
  if (to) {
    file.path = unquote(to[2] as string)
    file.status = to[1] === 'rename' ? 'renamed' : 'added'
  }
}

/** Reads the hunk that starts at `index`; answers the index after it. The counts of its header tell where it ends. */
function readHunk(lines: string[], index: number, file: FileDiff): number {
  const header = /^(@@+) ((?:-\d+(?:,\d+)? ?)+)\+(\d+)(?:,(\d+))? @@+ ?(.*?)\r?$/.exec(
    lines[index] as string,
  )
  if (!header) return index + 1
  const parents = (header[1] as string).length - 1
  const old = /-(\d+)(?:,(\d+))?/.exec(header[2] as string)
  let oldLine = Number(old?.[1] ?? 0)
  let newLine = Number(header[3])
  let oldLeft = Number(old?.[2] ?? 1)
  let newLeft = Number(header[4] ?? 1)
  const hunk: Hunk = { heading: (header[5] ?? '').trim(), lines: [] }
  file.hunks.push(hunk)
  let at = index + 1
  for (; at < lines.length && (oldLeft > 0 || newLeft > 0); at++) {
    const line = lines[at] as string
    if (line.startsWith('\\')) continue
    if (/^(diff --git |@@+ -)/.test(line)) break
    const marks = line.slice(0, parents)
    const type = marks.includes('+') ? '+' : marks.includes('-') ? '-' : ' '
    // The last line of the input, or of a cut diff.
    if (line === '' && at === lines.length - 1) break
    hunk.lines.push({ type, text: line.slice(parents).replace(/\r$/, ''), oldLine, newLine })
    if (type !== '+') {
      oldLine++
      // In a merge diff a removed line may be missing from one parent: its header counts are not reliable per side.
      oldLeft--
    }
    if (type !== '-') {
      newLine++
      newLeft--
    }
    if (parents > 1 && newLeft <= 0 && !/^[ +-]{2}/.test(lines[at + 1] ?? '')) return at + 1
  }
  return at
}

/** `a/x b/x`, also with spaces in the names, quotes, or no prefixes. */
function gitPaths(text: string): [string, string] {
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(text)
  if (quoted)
    return [stripPrefix(unquote(quoted[1] as string)), stripPrefix(unquote(quoted[2] as string))]
  const half = text.slice(0, (text.length - 1) / 2)
  const other = text.slice((text.length + 1) / 2)
  if (stripPrefix(half) === stripPrefix(other)) return [stripPrefix(half), stripPrefix(other)]
  const at = text.indexOf(' b/')
  return at < 0 ? [text, text] : [stripPrefix(text.slice(0, at)), stripPrefix(text.slice(at + 1))]
}

/** The name in a `---` or `+++` line; undefined for /dev/null. */
function headerPath(line: string): string | undefined {
  const name = unquote(line.slice(4).replace(/\t.*$/, '').replace(/\r$/, ''))
  return name === '/dev/null' ? undefined : stripPrefix(name)
}

function stripPrefix(path: string): string {
  return path.replace(/^[abciow]\//, '')
}

/** Undoes git's quoting: `"f\303\251.txt"`. */
function unquote(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name
  const bytes: number[] = []
  const body = name.slice(1, -1)
  for (let index = 0; index < body.length; index++) {
    if (body[index] !== '\\') {
      bytes.push(...Buffer.from(body[index] as string))
      continue
    }
    const octal = /^[0-7]{3}/.exec(body.slice(index + 1))
    if (octal) {
      bytes.push(Number.parseInt(octal[0], 8))
      index += 3
    } else {
      index++
      const escapes: Record<string, string> = { n: '\n', t: '\t' }
      bytes.push(...Buffer.from(escapes[body[index] ?? ''] ?? body[index] ?? ''))
    }
  }
  return Buffer.from(bytes).toString('utf8')
}
