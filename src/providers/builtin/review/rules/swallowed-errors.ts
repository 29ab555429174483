/** Errors that nobody will ever see. */
import { type LineRule, rule } from './line-rule.ts'

const swallowed =
  'The error is lost here: handle it, log it, or say in a comment why it may be ignored.'

export const swallowedErrorRules: LineRule[] = [
  rule('ts', 'any', /\bcatch\s*(\([^)]*\))?\s*\{\s*\}/, 'warning', 'Error swallowed', swallowed),
  {
    ...rule(
      'ts',
      'any',
      /\bcatch\s*(\([^)]*\))?\s*\{\s*$/,
      'warning',
      'Error swallowed',
      swallowed,
    ),
    followedBy: /^\s*\}/,
  },
  rule(
    'ts',
    'source',
    /\.catch\s*\(\s*(\(\s*\w*\s*\)|\w+)\s*=>\s*\{\s*\}\s*\)/,
    'info',
    'Rejection swallowed',
    swallowed,
  ),
  {
    ...rule('python', 'any', /^\s*except\b.*:\s*$/, 'warning', 'Exception swallowed', swallowed),
    followedBy: /^\s*(pass|\.\.\.)\s*$/m,
  },
  rule(
    'python',
    'any',
    /^\s*except\b.*:\s*(pass|\.\.\.)\s*$/,
    'warning',
    'Exception swallowed',
    swallowed,
  ),
  rule(
    'python',
    'any',
    /^\s*except\s*:/,
    'warning',
    'Bare `except`',
    'It also catches KeyboardInterrupt and SystemExit: name the exceptions.',
  ),
  rule(
    'go',
    'source',
    /^\s*_\s*=\s*err\b|,\s*_\s*:?=\s*[\w.]+\([^)]*\)\s*\/\/\s*err/,
    'warning',
    'Error discarded',
    swallowed,
  ),
  {
    ...rule(
      'go',
      'any',
      /\bif\s+(.*;\s*)?err\s*!=\s*nil\s*\{\s*$/,
      'warning',
      'Error swallowed',
      swallowed,
    ),
    followedBy: /^\s*\}/,
  },
  rule('java', 'any', /\bcatch\s*\([^)]*\)\s*\{\s*\}/, 'warning', 'Exception swallowed', swallowed),
  {
    ...rule(
      'java',
      'any',
      /\bcatch\s*\([^)]*\)\s*\{\s*$/,
      'warning',
      'Exception swallowed',
      swallowed,
    ),
    followedBy: /^\s*\}/,
  },
  rule('ruby', 'any', /\brescue\s+nil\b/, 'warning', 'Exception swallowed', swallowed),
  {
    ...rule('ruby', 'any', /^\s*rescue\b[^#]*$/, 'warning', 'Exception swallowed', swallowed),
    followedBy: /^\s*end\b/,
  },
  rule(
    'rust',
    'source',
    /^\s*let\s+_\s*=\s*[\w.:]+\(.*\)\s*;/,
    'info',
    'Result discarded',
    swallowed,
  ),
]
