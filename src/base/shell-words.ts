/** An argument list as a shell would read it: `bash -c TEXT` is its text, everything else is quoted where it has to be. */

export function shellText(argv: readonly string[]): string {
  const [program = '', flag, text] = argv
  const isShell = flag === '-c' && argv.length === 3 && /(?:^|\/)(?:ba)?sh$/.test(program)
  return isShell && text !== undefined ? text : argv.map(quoted).join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
