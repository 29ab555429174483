/** New files that git does not know yet, written as the diff that adds them. */
import { lstat, open, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { formatBytes, plural } from '../../base/text.ts'

const maxFiles = 100
const maxFileBytes = 200 * 1024

export async function untrackedDiff(
  cwd: string,
  paths: readonly string[],
): Promise<{ diff: string; notices: string[] }> {
  const parts: string[] = []
  const notices: string[] = []
  for (const path of paths.slice(0, maxFiles)) {
    const part = await fileDiff(cwd, path)
    if (part.notice !== undefined) notices.push(part.notice)
    parts.push(part.diff)
  }
  if (paths.length > maxFiles) {
    notices.push(
      `${plural(paths.length - maxFiles, 'more untracked file')} left out; add what matters with git add`,
    )
  }
  return { diff: parts.join(''), notices }
}

async function fileDiff(cwd: string, path: string): Promise<{ diff: string; notice?: string }> {
  const header = `diff --git a/${path} b/${path}\nnew file mode 100644\n`
  const binary = `${header}Binary files /dev/null and b/${path} differ\n`
  try {
    const absolute = join(cwd, path)
    const stat = await lstat(absolute)
    if (stat.isSymbolicLink())
      return { diff: addition(header, path, await readlink(absolute), true) }
    if (!stat.isFile()) return { diff: '' }
    if (stat.size > maxFileBytes) {
      return {
        diff: binary,
        notice: `${path} (${formatBytes(stat.size)}, untracked) is too large to review`,
      }
    }
    const bytes = await readAll(absolute, stat.size)
    if (bytes.includes(0)) return { diff: binary }
    const text = bytes.toString('utf8')
    return {
      diff: addition(header, path, text.replace(/\n$/, ''), text === '' || text.endsWith('\n')),
    }
  } catch {
    return { diff: '', notice: `${path} (untracked) cannot be read and is left out` }
  }
}

function addition(header: string, path: string, text: string, ended: boolean): string {
  if (text === '') return header
  const lines = text.split('\n')
  const body = lines.map((line) => `+${line}\n`).join('')
  const mark = ended ? '' : '\\ No newline at end of file\n'
  return `${header}--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines.length} @@\n${body}${mark}`
}

async function readAll(path: string, size: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(size)
    const { bytesRead } = await file.read(buffer, 0, size, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
