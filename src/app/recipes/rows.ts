/** The recipes as people know them: names, words, flags. Plain data, so that help and completion cost nothing. */
import type { RecipeRow } from './recipe.ts'

export const recipeRows = {
  ask: {
    name: 'ask',
    usage: 'QUESTION',
    summary: 'answer a question about the code, changing nothing',
    flags: [],
    examples: ['codi ask where are retries handled?'],
  },
  review: {
    name: 'review',
    usage: '[--staged | --base REF | --commit SHA] [--fail-on LEVEL] [NOTE]',
    summary: 'review the working tree, or a diff that is piped in',
    flags: [
      { name: 'staged', summary: 'review what is staged' },
      { name: 'base', value: 'REF', summary: 'review what has come since this branch left REF' },
      { name: 'commit', value: 'SHA', summary: 'review one commit' },
      {
        name: 'fail-on',
        value: 'LEVEL',
        choices: ['info', 'warning', 'error'],
        summary: 'exit with 7 when a finding is at least info, warning or error',
      },
    ],
    examples: [
      'git diff | codi review',
      'codi review --base main --fail-on error',
      'codi review -f sarif > review.sarif',
      'codi review --staged "mind the error handling"',
    ],
  },
  commit: {
    name: 'commit',
    usage: '[--apply] [NOTE]',
    summary: 'write the message for what is staged',
    flags: [{ name: 'apply', summary: 'commit with that message' }],
    examples: ['git add -p && codi commit --apply', 'codi commit "closes #12"'],
  },
  explain: {
    name: 'explain',
    usage: 'FILE|SYMBOL',
    summary: 'explain a file or a symbol: purpose, parts, who depends on it',
    flags: [],
    examples: ['codi explain src/main.ts'],
  },
} as const satisfies Record<string, RecipeRow>
