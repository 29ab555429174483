/** Debugging and unfinished work that was left in. */
import { type LineRule, rule } from './line-rule.ts'

const debugging = 'Remove it before merging, or use the logger of the project.'

export const leftoverRules: LineRule[] = [
  rule('ts', 'any', /(^|[\s;{])debugger\s*;?\s*$/, 'warning', '`debugger` statement', debugging),
  rule(
    'ts',
    'source',
    /\bconsole\.(log|debug|dir|table|trace)\s*\(/,
    'warning',
    '`console` output left in',
    debugging,
  ),
  rule('ts', 'source', /(^|[\s;{(])alert\s*\(/, 'warning', '`alert` left in', debugging),
  rule(
    'python',
    'any',
    /\b(breakpoint\(\)|i?pdb\.set_trace\(|import i?pdb\b)/,
    'warning',
    'Debugger left in',
    debugging,
  ),
  rule('python', 'source', /^\s*print\s*\(/, 'info', '`print` left in', debugging),
  rule(
    'go',
    'source',
    /\b(fmt\.Print(ln|f)?|spew\.Dump|println)\s*\(/,
    'info',
    'Debug print left in',
    debugging,
  ),
  rule('rust', 'any', /\bdbg!\s*\(/, 'warning', '`dbg!` left in', debugging),
  rule(
    'rust',
    'source',
    /\b(todo|unimplemented)!\s*\(/,
    'warning',
    'Unfinished code',
    'This panics when it is reached.',
  ),
  rule('ruby', 'any', /\b(binding\.(pry|irb)|byebug)\b/, 'warning', 'Debugger left in', debugging),
  rule(
    'php',
    'source',
    /\b(var_dump|print_r|dd)\s*\(/,
    'warning',
    'Debug output left in',
    debugging,
  ),
  rule(
    'java',
    'source',
    /\bSystem\.(out|err)\.print|\.printStackTrace\s*\(/,
    'info',
    'Debug output left in',
    debugging,
  ),
  {
    fences: [],
    in: 'any',
    pattern: /(^|\s)(\/\/|#|\/\*|\*|--|<!--)\s*(TODO|FIXME|XXX|HACK)\b/,
    raw: true,
    severity: 'info',
    title: 'Note of unfinished work added',
    detail: 'Do it now, or link the issue that will.',
  },
]
