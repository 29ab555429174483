/** What shows, searches and compares the contents of files. */
import type { Family } from '../row.ts'

export const texts: Family = {
  'cat tac nl head': {
    act: 'reads',
    text: 'shows files',
    category: 'read-files',
    operands: 'contents',
  },
}
