/**
 * Words by which questions name what code calls otherwise: irregular forms (`found` = find, in full) and words that
 * programmers take for each other (`missing` ~ not found, in part). Small on purpose: a wrong kin is worse than none.
 */

export interface Kin {
  /** A plain word, not yet stemmed. */
  word: string
  /** What it counts of the word itself, 0 to 1. */
  share: number
}

const irregular: Record<string, string> = {
  found: 'find',
  sent: 'send',
  built: 'build',
  written: 'write',
  wrote: 'write',
  chosen: 'choose',
  kept: 'keep',
  thrown: 'throw',
  threw: 'throw',
  caught: 'catch',
  drawn: 'draw',
  shown: 'show',
  held: 'hold',
  known: 'know',
  bound: 'bind',
  ran: 'run',
  made: 'make',
  begun: 'begin',
  spawned: 'spawn',
  lost: 'lose',
  frozen: 'freeze',
  woken: 'wake',
  hidden: 'hide',
  broken: 'break',
  taken: 'take',
  sold: 'sell',
  bought: 'buy',
  told: 'tell',
  left: 'leave',
  spent: 'spend',
  understood: 'understand',
}

/** Every word of a group stands for the others in part. */
const groups: string[] = [
  'create new init make',
  'delete remove unlink erase',
  'error exception failure',
  'config configuration settings options configure',
  'choose select pick detect resolve',
  'find lookup search locate resolve',
  'print output write display show',
  'parse decode read',
  'serialize encode marshal dumps',
  'start launch run begin boot',
  'stop kill terminate shutdown abort cancel',
  'network socket http connect dial',
  'timeout deadline',
  'missing absent nonexistent enoent',
  'authenticate authorization login auth credentials',
  'database sql sqlite db',
  'log logger logging',
  'render template draw',
  'generate build write emit',
  'store save persist',
  'send post transmit request',
  'execute run invoke dispatch',
  'validate check verify assert',
  'forward proxy director',
  'sniff detect',
  'conflict clash collide',
  'follow redirect',
  'panic recover',
]

const groupShare = 0.35

/** Other words for one word of a question, lower case. */
export function kinOf(word: string): Kin[] {
  // `constructor` is a word of questions, and a name on every object.
  const base = Object.hasOwn(irregular, word) ? irregular[word] : undefined
  const own = groupWords(word).map((other): Kin => ({ word: other, share: groupShare }))
  if (base === undefined) return own
  const ofBase = groupWords(base).map((other): Kin => ({ word: other, share: groupShare }))
  return [{ word: base, share: 1 }, ...ofBase, ...own]
}

function groupWords(word: string): string[] {
  const forms = [
    word,
    word.replace(/s$/, ''),
    word.replace(/ed$/, ''),
    word.replace(/d$/, ''),
    word.replace(/ing$/, ''),
    word.replace(/ing$/, 'e'),
  ]
  return [
    ...new Set(
      groups.flatMap((group) => {
        const words = group.split(' ')
        return words.some((other) => forms.includes(other)) ? words : []
      }),
    ),
  ].filter((other) => !forms.includes(other))
}
