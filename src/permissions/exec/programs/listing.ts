/** What lists files, and what tells about them without showing what is in them. */
import type { Family } from '../row.ts'

export const listing: Family = {
  'ls dir vdir eza exa lsd': {
    act: 'reads',
    text: 'lists files',
    category: 'list-files',
    operands: 'names',
  },
}
