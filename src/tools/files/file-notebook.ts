/** A Jupyter notebook as text: its cells in order, sources whole, outputs short. */
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts'
import { headAndTail } from '../../base/text.ts'

const maxOutputChars = 2000

/** Undefined where the text is no notebook; it is then shown as it is. */
export function notebookText(json: string): { text: string; note: string } | undefined {
  const notebook = parseJson(json)
  if (!isJsonObject(notebook) || !Array.isArray(notebook.cells)) return undefined
  const cells = notebook.cells.filter(isJsonObject)
  return {
    text: cells.map(cellText).join('\n\n'),
    note: `notebook of ${cells.length} cells; the file itself is JSON, which edits must match`,
  }
}

function cellText(cell: JsonObject, index: number): string {
  const kind = typeof cell.cell_type === 'string' ? cell.cell_type : 'unknown'
  const outputs = Array.isArray(cell.outputs) ? cell.outputs.filter(isJsonObject) : []
  const shown = outputs.map(outputText).filter((text) => text !== '')
  return [`--- cell ${index + 1} (${kind}) ---`, joined(cell.source), ...shown].join('\n')
}

function outputText(output: JsonObject): string {
  const text = outputBody(output)
  if (text.trim() === '') return ''
  return `--- output ---\n${headAndTail(text.trimEnd(), { maxChars: maxOutputChars }).text}`
}

function outputBody(output: JsonObject): string {
  if (output.output_type === 'error') {
    return `${String(output.ename ?? 'Error')}: ${String(output.evalue ?? '')}`
  }
  if (output.text !== undefined) return joined(output.text)
  if (!isJsonObject(output.data)) return ''
  const plain = output.data['text/plain']
  if (plain !== undefined) return joined(plain)
  const types = Object.keys(output.data)
  return types.length > 0 ? `[${types.join(', ')}]` : ''
}

/** Notebooks keep text as one string or as a list of lines with their newlines. */
function joined(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string').join('') : ''
}
