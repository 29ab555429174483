/** A tree of directories from a list of files. */

export interface TreeDirectory {
  name: string
  directories: Map<string, TreeDirectory>
  files: string[]
  /** Files in it and below. */
  total: number
}

/** `files` are relative paths with `/`. */
export function buildTree(files: readonly string[]): TreeDirectory {
  const root = emptyDirectory('')
  for (const file of files) {
    const parts = file.split('/')
    const name = parts.pop() ?? ''
    let directory = root
    directory.total++
    for (const part of parts) {
      directory = child(directory, part)
      directory.total++
    }
    directory.files.push(name)
  }
  return root
}

/** The directory of that name, made when it is not there yet. */
export function child(parent: TreeDirectory, name: string): TreeDirectory {
  let found = parent.directories.get(name)
  if (!found) {
    found = emptyDirectory(name)
    parent.directories.set(name, found)
  }
  return found
}

function emptyDirectory(name: string): TreeDirectory {
  return { name, directories: new Map(), files: [], total: 0 }
}
