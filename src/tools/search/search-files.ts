/** The files below a directory as ripgrep sees them: `.gitignore` honoured, hidden ones only when asked for. */
import { type LookContext, runRipgrep } from './search-run.ts'

export interface FileList {
  /** Relative to the directory, with `/`, in no order. Bytes that are not UTF-8 are replaced. */
  files: string[]
  /** True where there are more than could be held. */
  truncated: boolean
  unreadable: string[]
}

export interface FileListOptions {
  /** Also names that begin with a dot; never `.git`. */
  hidden?: boolean
  /** Further arguments for ripgrep that narrow the list. */
  filters?: string[]
}

export async function listFiles(
  context: LookContext,
  directory: string,
  options: FileListOptions = {},
): Promise<FileList> {
  const hidden = options.hidden ? ['--hidden', '--glob', '!.git'] : []
  const args = ['--files', '--null', ...hidden, ...(options.filters ?? [])]
  const output = await runRipgrep(context, args, { cwd: directory })
  const files = output.stdout.split('\0')
  // The part after the last NUL is empty, or a name cut off in the middle.
  files.pop()
  if (process.platform === 'win32')
    for (const [at, file] of files.entries()) files[at] = file.replaceAll('\\', '/')
  return { files, truncated: output.truncated, unreadable: output.unreadable }
}
