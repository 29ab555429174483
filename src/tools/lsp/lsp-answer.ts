/** An answer of the language servers for whoever reads it: its value, or why there is none and what to do instead. */
import { CodiError } from '../../base/errors.ts'
import type { LspAnswer } from '../../contract/lsp-service.ts'

/** The value; throws a CodiError that names `what` was asked, and why it was not answered. */
export function answerValue<T>(answer: LspAnswer<T>, what: string, path: string): T {
  if (answer.state === 'ok') return answer.value
  throw new CodiError(
    answer.state === 'timeout' ? 'limit' : 'unsupported',
    whyNot(answer, what, path),
  )
}

/** One sentence. */
export function whyNot(
  { state, server, note = '' }: Pick<LspAnswer<unknown>, 'state' | 'server' | 'note'>,
  what: string,
  path: string,
): string {
  const because = note === '' ? '' : `: ${note}`
  switch (state) {
    case 'none':
      return `No language server knows ${path}, so there is no ${what}`
    case 'missing':
      return `${what} of ${path} needs the language server ${server}, which is not installed${because}`
    case 'timeout':
      return `The language server ${server} gave no ${what} in time${because}`
    case 'unsupported':
      return `The language server ${server} cannot do that${because}`
    case 'failed':
      return `The language server ${server} gave no ${what}${because}`
    case 'ok':
      return note
  }
}
