/** codi itself: what would loosen what judges the model, or start another agent, is asked for in every mode. */
import type { Family } from '../row.ts'

const shows = {
  act: 'reads',
  text: 'shows what codi knows of the code',
  category: 'read-files',
  operands: 'text',
} as const

export const codi: Family = {
  codi: {
    act: 'runs',
    text: 'starts another agent, or changes what codi may do',
    danger: true,
    remember: 0,
    sub: {
      'search symbols refs outline map': shows,
      policy: {
        act: 'runs',
        text: 'changes what codi may do',
        danger: true,
        sub: { 'check list explain': { ...shows, text: 'shows the rules of commands' } },
      },
    },
  },
}
