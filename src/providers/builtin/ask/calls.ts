/**
 * The calls in a body, read from its text, and what of the project each can mean. A name alone is not enough: `x.push()`
 * is nobody's `push` here unless what stands before the dot says so, or nothing else bears the name.
 */
import { codeOnly, keywords, languageOf } from '../languages.ts'
import type { FileText, SymbolEntry } from '../results.ts'
import type { Place } from './place.ts'

export interface BodyCall {
  name: string
  /** What stands before the dot; empty where that has no name, undefined where there is no dot. */
  receiver: string | undefined
}

const minUniqueChars = 6
const self = new Set(['self', 'this', 'cls', 'Self', 'super', 'that'])
/** Languages in which a method calls its siblings by their bare names. */
const implicitSelf = new Set(['java', 'ruby', 'c', 'cpp', 'csharp'])
const pattern =
  /(?<before>\b(?:function\*?|def|fn|func)\s+)?(?:(?<receiver>[\w$]+|[)\]}"'`])\s*(?:\?\.|\.|::|->)\s*)?(?<name>[A-Za-z_$][\w$]*)(?:<[\w$, .[\]]*>|::<[^>]*>)?!?\s*\(/g

/** Each name once, in order; names of the language's own library are left out. */
export function callsIn(
  place: Pick<Place, 'file' | 'line' | 'end' | 'name'>,
  text: FileText | undefined,
): BodyCall[] {
  if (!text) return []
  const language = languageOf(place.file)
  const from = Math.max(0, place.line - text.start + 1)
  const body = text.lines.slice(from, Math.max(from, place.end - text.start + 1))
  const calls = new Map<string, BodyCall>()
  for (const line of body) {
    for (const { groups } of codeOnly(line, language).matchAll(pattern)) {
      const name = groups?.name ?? ''
      const receiver = groups?.receiver
      if (groups?.before !== undefined || name === place.name || calls.has(name)) continue
      if (name.length < 3 || keywords.has(name) || ordinary.has(name)) continue
      const named = receiver === undefined || /^[\w$]+$/.test(receiver)
      calls.set(name, { name, receiver: named ? receiver : '' })
    }
  }
  return [...calls.values()]
}

/** The definition that a call of `place` means; undefined where that is not certain enough to be said. */
export function resolveCall(
  call: BodyCall,
  place: Pick<Place, 'file' | 'line' | 'container'>,
  rows: { own: readonly SymbolEntry[]; found: readonly SymbolEntry[] },
): SymbolEntry | undefined {
  const named = (list: readonly SymbolEntry[]): SymbolEntry[] =>
    list.filter((row) => row.name === call.name && callable(row))
  const own = named(rows.own).filter((row) => row.file === place.file)
  const others = named(rows.found).filter((row) => row.file !== place.file && visible(row))
  const row = choose(call, place, { own, others })
  return row && !(row.file === place.file && row.line === place.line) ? row : undefined
}

function choose(
  { name, receiver }: BodyCall,
  place: Pick<Place, 'file' | 'container'>,
  { own, others }: { own: SymbolEntry[]; others: SymbolEntry[] },
): SymbolEntry | undefined {
  const sibling = own.find((row) => row.container !== '' && row.container === place.container)
  if (receiver !== undefined && self.has(receiver)) return sibling ?? own[0] ?? only(others)
  if (receiver === undefined) {
    const implicit = implicitSelf.has(languageOf(place.file)?.fence ?? '')
    const free = (row: SymbolEntry): boolean => implicit || row.kind !== 'method'
    return own.find(free) ?? nearest(place.file, others.filter(free))
  }
  const all = [...own, ...others]
  const fitting = all.filter((row) => receiverFits(receiver, row))
  if (fitting.length > 0) return nearest(place.file, fitting)
  return name.length >= minUniqueChars && all[0]?.kind === 'method' ? only(all) : undefined
}

function only(rows: readonly SymbolEntry[]): SymbolEntry | undefined {
  return rows.length === 1 ? rows[0] : undefined
}

/** `bus.emit` and EventBus, `oneshot::channel` and oneshot.rs, `http.Get` and the directory http. */
function receiverFits(receiver: string, row: SymbolEntry): boolean {
  const wanted = plain(receiver)
  if (wanted.length < 2) return false
  const container = plain(row.container.split(/\.|::/).pop() ?? '')
  if (container !== '') {
    const long = wanted.length >= 3
    return (
      container === wanted || (long && (container.endsWith(wanted) || container.startsWith(wanted)))
    )
  }
  const parts = row.file.replace(/\.\w+$/, '').split('/')
  return plain(parts.at(-1) ?? '') === wanted || plain(parts.at(-2) ?? '') === wanted
}

function plain(name: string): string {
  return name.replace(/[_\W]/g, '').toLowerCase()
}

/** A module of TypeScript keeps what it does not export. */
function visible(row: SymbolEntry): boolean {
  return row.exported || row.container !== '' || languageOf(row.file)?.fence !== 'ts'
}

export function callable(row: SymbolEntry): boolean {
  return !['property', 'variable', 'constant', 'module'].includes(row.kind)
}

/** Of several definitions of one name the one whose path shares most with the caller's. */
function nearest(file: string, rows: readonly SymbolEntry[]): SymbolEntry | undefined {
  const shared = (other: string): number => {
    const a = file.split('/')
    const b = other.split('/')
    let same = 0
    while (same < a.length && a[same] === b[same]) same++
    return same
  }
  return [...rows].sort((a, b) => shared(b.file) - shared(a.file))[0]
}

/** Methods of strings, lists, maps and promises: called everywhere, telling nothing. */
const ordinary = new Set(
  (
    'push pop map filter forEach reduce some every includes indexOf join split slice splice concat find findIndex findLast sort ' +
    'trim trimStart trimEnd replace replaceAll match matchAll test exec startsWith endsWith toString padStart padEnd keys values entries ' +
    'then all race resolve reject now floor ceil min max abs round parseInt Number String Boolean Array Object Error Map Set Promise ' +
    'stringify isArray assign freeze charAt toLowerCase toUpperCase flatMap flat from ' +
    'len any sum set get append range str int float list dict tuple isinstance issubclass getattr setattr hasattr format strip rstrip lstrip ' +
    'startswith endswith lower upper items super open sorted reversed enumerate zip extend update encode decode write read close print repr ' +
    'type next iter setdefault ' +
    'make panic cap copy Errorf Sprintf Sprint Fprintf Fprintln Printf Println Error String Lock Unlock RLock RUnlock Done Add Wait ' +
    'unwrap expect clone into iter into_iter collect to_string to_owned as_ref as_mut as_str as_deref borrow borrow_mut cloned copied ' +
    'Some None Ok Err Box Vec vec format println eprintln debug_assert assert_eq is_some is_none is_ok is_err unwrap_or unwrap_or_else ' +
    'map_err and_then ok_or push_str push_back push_front unreachable matches ' +
    'each nil? empty? raise puts freeze to_s to_sym is_a respond_to'
  ).split(' '),
)
