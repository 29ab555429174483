/** Things that one added line can tell, by topic; of one kind the first that fits a line is reported. */
import { dangerousCallRules } from './rules/dangerous-calls.ts'
import { leftoverRules } from './rules/leftovers.ts'
import type { LineRule } from './rules/line-rule.ts'
import { swallowedErrorRules } from './rules/swallowed-errors.ts'
import { testSwitchRules } from './rules/test-switches.ts'

export const lineRules: LineRule[] = [
  ...leftoverRules,
  ...testSwitchRules,
  ...swallowedErrorRules,
  ...dangerousCallRules,
]
