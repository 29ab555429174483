/** A yes or no of the person at a slash command. */
import type { CommandContext } from './command.ts'

const yes = 'yes'

/** False also where nobody answers. */
export async function confirm({ app, signal }: CommandContext, text: string): Promise<boolean> {
  const answer = await app.person?.question({ text, choices: [yes, 'no'], closed: true }, signal)
  return answer?.trim().toLowerCase() === yes
}
