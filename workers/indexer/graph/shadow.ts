/**
 * Whether a name belongs to a variable or a parameter of the function around it, read from the function's own words:
 * local variables are no definitions of the index, but they hide those that have their name.
 */
import { familyOf } from './bindings.ts'
import type { GraphReader } from './reader.ts'
import type { GraphFile, GraphSymbol } from './rows.ts'
import { codeKinds } from './scope.ts'

interface Words {
  /** With the name put in for `NAME`: it is declared in the function. */
  local: string
  /** In the signature, behind the function's own name. */
  parameter: string
}

const bound = '(?<![\\w$.])NAME(?![\\w$])'
const words: Readonly<Record<string, Words>> = {
  ecma: {
    // What is imported on the spot keeps its name.
    local: `\\b(?:const|let|var)\\s+(?:[{[][^}\\]=;]*)?${bound}(?!.*\\b(?:import|require)\\s*\\()`,
    parameter: `[({,]\\s*(?:\\.\\.\\.)?${bound}\\s*[?:,)=}]`,
  },
  python: {
    local: `^\\s+${bound}\\s*(?::[^=\\n]+)?=(?!=)|\\bfor\\s+${bound}\\s+in\\b|\\bas\\s+${bound}\\s*:`,
    parameter: `[(,*]\\s*${bound}\\s*[:,)=]`,
  },
  go: {
    local: `${bound}\\s*(?:,\\s*\\w+\\s*)*:=|\\bvar\\s+${bound}`,
    parameter: `[(,]\\s*${bound}[ ,]`,
  },
  rust: { local: `\\blet\\s+(?:mut\\s+)?${bound}`, parameter: `[(,]\\s*(?:mut\\s+)?${bound}\\s*:` },
}
const maxLines = 400

export function isShadowed(
  reader: GraphReader,
  { file, enclosing }: { file: GraphFile; enclosing: GraphSymbol | undefined },
  name: string,
): boolean {
  const known = words[familyOf(file.language)]
  if (!known || !enclosing || !codeKinds.has(enclosing.kind) || !/^[\w$]+$/.test(name)) return false
  const put = (pattern: string) =>
    new RegExp(pattern.replaceAll('NAME', name.replaceAll('$', '\\$')), 'm')
  const { signature } = enclosing
  const parameters = signature.slice(signature.indexOf('(', signature.indexOf(enclosing.name)))
  if (put(known.parameter).test(parameters)) return true
  const body = reader
    .lines(file.path)
    .slice(enclosing.line - 1, Math.min(enclosing.endLine, enclosing.line + maxLines))
    .join('\n')
  return body.includes(name) && put(known.local).test(body)
}
