/** Tests that were switched on or off by hand. */
import { type LineRule, rule } from './line-rule.ts'

export const testSwitchRules: LineRule[] = [
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
]
