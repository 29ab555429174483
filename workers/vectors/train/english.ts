/** Words of English sentences that say nothing about code; and words of the languages that say nothing of a name. */

const stopWords = new Set(
  (
    'a about all also am an and any are as at be been but by can could did do does doing done for from had has have ' +
    'he her here hers him his how i if in into is it its itself just me more most my no not of on or our out over ' +
    'should so some such than that the their them then there these they this those through to too under up us was ' +
    'we were what when where which while who whom why will with would you your'
  ).split(' '),
)

export function isStopWord(word: string): boolean {
  return stopWords.has(word)
}

const nameless = new Set(
  (
    'abstract and as async await bool boolean break case catch char class const continue def default do doubl ' +
    'els elif enum export extend extern fals final fn for func function if impl implement import in instanceof ' +
    'int interfac let mut new nil none null number object or packag privat protect public readonli return self static ' +
    'str struct super switch this throw trait true try type typeof undefin unsaf var void where while with yield'
  ).split(' '),
)

/** Whether a stem is a keyword somewhere, so that it must not stand for an English word. */
export function isKeywordStem(stem: string): boolean {
  return nameless.has(stem)
}
