/**
 * Things that one added line can tell: leftovers of debugging, tests switched off, swallowed errors, calls that are
 * known to be dangerous. A table; the first group of rules that fits a line is reported once.
 */
import type { Severity } from '../../../contract/review.ts'

export interface LineRule {
  /** Code fences of the languages it is for; empty means every language. */
  fences: string[]
  in: 'source' | 'test' | 'any'
  /** Meets the line without strings and comments; `raw` rules meet it as it stands. */
  pattern: RegExp
  raw?: true
  /** Meets what follows (a few lines joined), where one line is not enough. */
  followedBy?: RegExp
  severity: Severity
  title: string
  detail: string
}

const debugging = 'Remove it before merging, or use the logger of the project.'
const swallowed =
  'The error is lost here: handle it, log it, or say in a comment why it may be ignored.'

export const lineRules: LineRule[] = [
  // Leftover debugging.
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

  // Tests switched on or off by hand.
  rule(
    'ts',
    'test',
    /\b(it|test|describe|context|suite)\.only\s*\(|\b(fdescribe|fit)\s*\(/,
    'error',
    'Only this test runs',
    'The focus marker switches every other test of the file off: remove it.',
  ),
  rule(
    'ruby',
    'test',
    /\b(fit|fdescribe|fcontext)\b|,\s*:?focus\b/,
    'error',
    'Only this test runs',
    'The focus marker switches every other test off: remove it.',
  ),
  rule(
    'ts',
    'test',
    /\b(it|test|describe|suite)\.skip\s*\(|\b(xit|xdescribe|xtest)\s*\(/,
    'info',
    'Test switched off',
    'Say why and until when.',
  ),
  rule(
    'python',
    'test',
    /@(pytest\.mark\.skip|unittest\.skip)/,
    'info',
    'Test switched off',
    'Say why and until when.',
  ),
  rule(
    'go',
    'test',
    /\bt\.Skip(Now|f)?\s*\(/,
    'info',
    'Test switched off',
    'Say why and until when.',
  ),
  rule('rust', 'any', /^\s*#\[ignore/, 'info', 'Test switched off', 'Say why and until when.'),
  rule(
    'java',
    'test',
    /^\s*@(Disabled|Ignore)\b/,
    'info',
    'Test switched off',
    'Say why and until when.',
  ),

  // Swallowed errors.
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
    'any',
    /\.catch\s*\(\s*(\(\s*\w*\s*\)|\w+)\s*=>\s*\{\s*\}\s*\)/,
    'warning',
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

  // Dangerous calls.
  rule(
    'ts',
    'source',
    /(^|[^.\w])eval\s*\(|new\s+Function\s*\(/,
    'warning',
    'Code from text is run',
    'Whoever controls that text controls the program.',
  ),
  rule(
    'ts',
    'source',
    /\.innerHTML\s*=|dangerouslySetInnerHTML/,
    'warning',
    'Raw HTML is inserted',
    'Escape what comes from outside, or build nodes.',
  ),
  rule(
    'ts',
    'source',
    /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/,
    'error',
    'TLS certificates are not checked',
    'Anyone on the way can read and change the traffic: give the CA file instead.',
  ),
  rule(
    'python',
    'source',
    /\bverify\s*=\s*False\b/,
    'error',
    'TLS certificates are not checked',
    'Anyone on the way can read and change the traffic: give the CA file instead.',
  ),
  rule(
    'go',
    'source',
    /InsecureSkipVerify\s*:\s*true/,
    'error',
    'TLS certificates are not checked',
    'Anyone on the way can read and change the traffic: give the CA file instead.',
  ),
  rule(
    'python',
    'source',
    /\bshell\s*=\s*True\b|\bos\.system\s*\(/,
    'warning',
    'Shell command from text',
    'Pass a list of arguments, so that no part of it is read by the shell.',
  ),
  rule(
    'python',
    'source',
    /(^|[^.\w])(eval|exec)\s*\(/,
    'warning',
    'Code from text is run',
    'Whoever controls that text controls the program.',
  ),
  rule(
    'python',
    'source',
    /\bpickle\.loads?\s*\(|\byaml\.load\s*\((?!.*Loader)/,
    'warning',
    'Unsafe deserialisation',
    'Data from outside can run code here: use a safe loader.',
  ),
  rule(
    'bash',
    'any',
    /\bchmod\s+(-R\s+)?0?777\b/,
    'warning',
    'Everyone may write',
    'Give only the rights that are needed.',
  ),
  rule(
    'bash',
    'any',
    /\bcurl\b.*\|\s*(sudo\s+)?(ba|z)?sh\b/,
    'warning',
    'Downloaded text is run',
    'Check its checksum first.',
  ),
]

function rule(
  fence: string,
  place: LineRule['in'],
  pattern: RegExp,
  severity: Severity,
  title: string,
  detail: string,
): LineRule {
  return { fences: [fence], in: place, pattern, severity, title, detail }
}
