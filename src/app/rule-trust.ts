/** Whether the person has trusted the rules that a project brings, as they are now. */
import { trustOf } from '../config/trust.ts'

export function ruleTrust(options: { dataDirectory: string; project: string }): {
  trusted: boolean
  /** The very text that was trusted. */
  text?: string
} {
  const { state, files } = trustOf({ ...options, kind: 'rules' })
  const [file] = files
  return { trusted: state === 'trusted', ...(file ? { text: file.text } : {}) }
}
