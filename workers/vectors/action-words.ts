/**
 * Whether a question begins with what a function does, as doc comments and commit subjects do: `Returns the …`,
 * `parse a …`. A question word or a noun says nothing of the kind that is looked for.
 */

const verbs = new Set(
  (
    'accept acquire add adjust advance allocate allow analyze append apply assert assign attach attempt begin bind ' +
    'block build calculate call cancel check choose clean clear clone close collect combine compare compile complete ' +
    'compute configure connect construct consume convert copy count create decode decrement define delete deserialize ' +
    'detach detect determine disable discard dispatch drain draw drop emit enable encode ensure enter escape establish ' +
    'estimate evaluate examine execute expand extract fetch fill filter find finish flush force forward free generate ' +
    'get give handle hide hold increment indicate init initialize insert inspect install invoke issue iterate join ' +
    'keep launch load lock log lookup make map mark match measure merge modify move normalize notify obtain open ' +
    'override parse pass peek perform poll pop prepare prevent print process produce provide publish push put read ' +
    'receive record recompute reduce refresh register reject release reload remove rename render replace report ' +
    'request require reset resize resolve restore resume retrieve return reverse rewrite round run sanitize save scan ' +
    'schedule select send serialize set show shut skip sort spawn split start stop store strip subscribe swap take ' +
    'tell tokenize transform translate traverse trim truncate try unlock unregister unsubscribe update use validate ' +
    'verify visit wait walk warn wrap write yield'
  ).split(' '),
)

export function beginsWithAction(text: string): boolean {
  const word = /[A-Za-z]+/.exec(text)?.[0].toLowerCase() ?? ''
  return [word, word.replace(/s$/, ''), word.replace(/es$/, ''), word.replace(/ies$/, 'y')].some(
    (form) => verbs.has(form),
  )
}
