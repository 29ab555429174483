/**
 * Doc comments of JavaScript and declaration files with the declaration that each stands on. By lexer, not by parser:
 * what is not understood is left out, which costs a pair and nothing else.
 */

export interface DocumentedName {
  /** Prose before the first tag, without markup. */
  doc: string
  name: string
  /** From the name to the body, without it. */
  signature: string
  /** Between the braces; empty where there is none, and for types, whose members speak for themselves. */
  body: string
}

const maxHeadChars = 1_500
const maxSignatureChars = 600
const maxBodyChars = 4_000
const docComment = /\/\*\*(?![*/])([\s\S]*?)\*\//g
const typeWords = new Set(['class', 'interface', 'enum', 'type', 'namespace', 'module'])

export function documentedNames(text: string): DocumentedName[] {
  const found: DocumentedName[] = []
  for (const match of text.matchAll(docComment)) {
    const end = match.index + match[0].length
    const doc = docText(match[1] ?? '')
    if (doc === '') continue
    const declaration = readDeclaration(text, end)
    if (declaration) found.push({ doc, ...declaration })
  }
  return found
}

/** The prose of a comment: no stars, no tags, links and code by their text. */
export function docText(comment: string): string {
  const lines: string[] = []
  for (const line of comment.split('\n')) {
    const plain = line.replace(/^\s*\*?\s?/, '').trimEnd()
    const tag = /^\s*@(\w+)\s*(.*)$/.exec(plain)
    if (!tag) lines.push(plain)
    else if (/^(?:desc|description|summary|remarks|classdesc)$/.test(tag[1] ?? '')) {
      lines.push(tag[2] ?? '')
    } else if (lines.some((one) => one.trim() !== '')) break
    else if (/^(?:license|preserve|fileoverview|file|copyright)$/.test(tag[1] ?? '')) return ''
  }
  return lines
    .join('\n')
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/\{@\w+\s+([^}|]*)(?:\|[^}]*)?\}/g, '$1')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>\n]*>/g, ' ')
    .replace(/https?:\S+/g, ' ')
    .replace(/[`*]+/g, '')
    .trim()
}

/** The first sentence, on one line. */
export function firstSentence(doc: string): string {
  const paragraph = doc.split(/\n\s*\n/)[0] ?? ''
  const line = paragraph.replace(/\s+/g, ' ').trim()
  const end = /[.!?](?=\s+[A-Z(]|$)/.exec(line)
  return end ? line.slice(0, end.index) : line
}

/** The sentence after the first, where there is one. */
export function laterSentence(doc: string): string {
  const line = doc.replace(/\s+/g, ' ').trim()
  const rest = line.slice(firstSentence(doc).length).replace(/^[.!?\s]+/, '')
  return firstSentence(rest)
}

function readDeclaration(
  text: string,
  from: number,
): Pick<DocumentedName, 'name' | 'signature' | 'body'> | undefined {
  const head = text.slice(from, from + maxHeadChars)
  const lead =
    /^(?:\s|\/\/[^\n]*\n|@[\w.]+(?:\([^)]*\))?|(?:export|default|declare|abstract|public|private|protected|static|readonly|async|override|accessor)\b)*/.exec(
      head,
    )
  const start = lead ? lead[0].length : 0
  const rest = head.slice(start)
  const named = readName(rest)
  if (!named || named.name.length < 2) return undefined
  const signatureEnd = endOfHead(rest, named.end)
  const signature = rest.slice(named.end, Math.min(signatureEnd, named.end + maxSignatureChars))
  const bodyFrom = from + start + signatureEnd
  const body =
    named.type || text[bodyFrom] !== '{' || !signature.includes('(') ? '' : braced(text, bodyFrom)
  return { name: named.name, signature, body }
}

function readName(rest: string): { name: string; end: number; type: boolean } | undefined {
  const keyword =
    /^(?:function\s*\*?|class|interface|const\s+enum|enum|type|namespace|module|const|let|var|get|set)\s+(#?[A-Za-z_$][\w$]*)/.exec(
      rest,
    )
  if (keyword?.[1]) {
    const word = rest.split(/\s/, 1)[0] ?? ''
    return { name: keyword[1], end: keyword[0].length, type: typeWords.has(word) }
  }
  const member =
    /^\*?\s*(?:[\w$]+\.)*(#?[A-Za-z_$][\w$]*)["']?\s*(?=[?!]?\s*[:(=<]|,\s|\s*\})/.exec(
      rest.replace(/^["']/, ' '),
    )
  const name = member?.[1]
  if (!member || name === undefined || notNames.has(name)) return undefined
  return { name, end: member[0].length, type: false }
}

const notNames = new Set(
  'if for while switch return constructor new import module exports throw function typeof await yield super this'.split(
    ' ',
  ),
)

/** Where the head ends: at a brace or semicolon outside parentheses, at a comma, at an empty line. */
function endOfHead(text: string, from: number): number {
  let depth = 0
  for (let index = from; index < text.length; index++) {
    const char = text[index] ?? ''
    if (char === '(' || char === '[') depth++
    else if (char === ')' || char === ']') depth--
    else if (depth <= 0 && (char === '{' || char === ';' || char === '}' || char === ','))
      return index
    else if (depth <= 0 && char === '\n' && text[index + 1] === '\n') return index
    if (depth < 0) return index
  }
  return text.length
}

const bodyToken =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|[{}]/g

function braced(text: string, from: number): string {
  const part = text.slice(from, from + maxBodyChars)
  let depth = 0
  for (const token of part.matchAll(bodyToken)) {
    if (token[0] === '{') depth++
    else if (token[0] === '}' && --depth === 0) return part.slice(1, token.index)
  }
  return part.slice(1)
}
