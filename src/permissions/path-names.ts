/**
 * Names as every file system may read them: where case does not count, where characters without width are left out,
 * where a long name has a short one. Two names that may be one file fold to one text.
 */

/** What some file systems ignore in a name, and what cannot be seen. */
const ignorable =
  /\u034f|[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\ufe00-\ufe0f]/g

const shortNames: Readonly<Record<string, string>> = { 'git~1': '.git', 'codi~1': '.codi' }

/** Each part of the path folded, with `/` between them. */
export function foldPath(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(foldName).join('/')
}

function foldName(name: string): string {
  if (/^[a-z0-9_.-]*[a-z0-9_-]$/.test(name)) return shortNames[name] ?? name
  const plain = name.normalize('NFKC').replace(ignorable, '').toLowerCase()
  // Windows leaves out dots and spaces at the end, and what stands behind a colon.
  const folded = plain === '.' || plain === '..' ? plain : plain.replace(/:.*$|[. ]+$/g, '')
  return shortNames[folded] ?? folded
}
