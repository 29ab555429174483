/** Notices a model that goes in circles: the same calls with the same results, or the same failure again and again. */
import type { CallOutcome } from './calls.ts'
import { textOf } from './calls.ts'

const limit = 3

export interface RepetitionWatch {
  /** Tells in words what repeats, once it has happened `limit` times in a row. */
  note(outcomes: readonly CallOutcome[]): string | undefined
  reset(): void
}

export function watchRepetition(): RepetitionWatch {
  let lastRound = ''
  let sameRounds = 0
  let lastFailure = ''
  let sameFailures = 0

  function reset(): void {
    lastRound = lastFailure = ''
    sameRounds = sameFailures = 0
  }

  function note(outcomes: readonly CallOutcome[]): string | undefined {
    const round = JSON.stringify(outcomes.map((outcome) => [callKey(outcome), resultKey(outcome)]))
    sameRounds = round === lastRound ? sameRounds + 1 : 1
    lastRound = round
    for (const outcome of outcomes) {
      const failure = outcome.result.isError ? `${outcome.result.name}: ${resultKey(outcome)}` : ''
      sameFailures = failure !== '' && failure === lastFailure ? sameFailures + 1 : 1
      lastFailure = failure
    }
    const name = outcomes[0]?.result.name ?? ''
    if (sameRounds >= limit)
      return `made the same call of ${name} ${sameRounds} times with the same result`
    if (lastFailure !== '' && sameFailures >= limit)
      return `got the same failure of ${name} ${sameFailures} times`
    return undefined
  }

  return { note, reset }
}

function callKey(outcome: CallOutcome): unknown {
  return [outcome.call.name, outcome.call.input, outcome.call.malformed ?? '']
}

function resultKey(outcome: CallOutcome): string {
  return textOf(outcome.result.content)
}
