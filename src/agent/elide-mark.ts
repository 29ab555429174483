/** What stands in place of a result that was left out: enough to know whether it is worth reading again. */
import { formatBytes, oneLine, plural } from '../base/text.ts'
import type { CallBlock, ResultBlock } from '../contract/message.ts'

const begin = '[Left out to save room: '
const maxInputChars = 160
const maxFirstLineChars = 100

export function elisionMark(
  call: CallBlock,
  about: { result: ResultBlock; text: string; id: string | undefined; superseded: boolean },
): string {
  const { result, text, id, superseded } = about
  const lines = text.split('\n')
  const first = oneLine(lines.find((line) => line.trim() !== '') ?? '', maxFirstLineChars)
  const images = result.content.filter((block) => block.type === 'image').length
  const parts = [
    `${result.name} ${oneLine(JSON.stringify(call.input), maxInputChars)}`,
    result.isError ? 'failed' : '',
    superseded ? 'asked anew since' : '',
    `${plural(lines.length, 'line')}, ${formatBytes(Buffer.byteLength(text))}`,
    images > 0 ? plural(images, 'image') : '',
    first === '' ? '' : `begins "${first}"`,
    id === undefined ? 'not kept' : recallHint(id),
  ]
  return `${begin}${parts.filter((part) => part !== '').join('; ')}]`
}

export function recallHint(id: string): string {
  return `recall_result {"id":"${id}"} has it`
}
