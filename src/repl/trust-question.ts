/** At the start of the REPL: whether to trust what this repository brings that would allow or run something. */
import type { App } from '../contract/app.ts'
import type { Person } from '../contract/permission.ts'
import { trustLines } from '../terminal/trust-text.ts'
import type { Face, NoticeLevel } from './face.ts'

const later = 'later'
const yes = 'yes, until it changes'
const no = 'no, never'

/** Whatever is not a clear yes leaves it untrusted. */
export async function askTrust(
  app: App,
  options: {
    face: Face
    person: Person
    say(level: NoticeLevel, text: string): void
    signal: AbortSignal
  },
): Promise<void> {
  const { face, person, say, signal } = options
  const review = app.untrusted()
  if (!review) return
  face.print(`${trustLines(review).join('\n')}\n`)
  if (review.contents.some(({ refused }) => refused !== undefined)) return
  const answer = await person.question({ text: 'Trust it?', choices: [later, yes, no] }, signal)
  if (answer === yes) {
    await app.trust(review)
    say('info', 'Trusted; codi trust --remove takes it back')
  } else if (answer === no) {
    await app.declineTrust(review)
    say('info', 'Not trusted, and not asked again; codi trust trusts it')
  } else say('info', 'Not trusted: what it allows is ignored')
}
