/** Stack traces and logs of many languages. */
import { describe, expect, test } from 'bun:test'
import { literalPiece, readLog } from '../../../src/providers/builtin/ask/frames.ts'

describe('Frames, innermost first, without foreign code', () => {
  test.each([
    [
      'JavaScript',
      "TypeError: Cannot read properties of undefined (reading 'id')\n    at getUser (/app/src/users.js:10:5)\n    at async Object.handle (file:///app/src/http.ts:20:3)\n    at node:internal/main:1:1\n    at run (/app/node_modules/x/y.js:1:1)",
      ['/app/src/users.js:10', '/app/src/http.ts:20'],
      "TypeError: Cannot read properties of undefined (reading 'id')",
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "/app/main.py", line 5, in <module>\n    run()\n  File "/app/job.py", line 9, in run\n    raise ValueError("no such job")\nValueError: no such job',
      ['/app/job.py:9', '/app/main.py:5'],
      'ValueError: no such job',
    ],
    [
      'Go',
      'panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\nmain.load(...)\n\t/app/load.go:17 +0x1d\nmain.main()\n\t/app/main.go:8 +0x2a\nruntime.main()\n\t/usr/local/go/src/runtime/proc.go:250 +0x207',
      ['/app/load.go:17', '/app/main.go:8'],
      'runtime error: index out of range [3] with length 3',
    ],
    [
      'Rust',
      "thread 'main' panicked at src/main.rs:4:10:\ncalled `Option::unwrap()` on a `None` value\n",
      ['src/main.rs:4'],
      'called `Option::unwrap()` on a `None` value',
    ],
    [
      'rustc',
      'error[E0308]: mismatched types\n --> src/lib.rs:3:5\n',
      ['src/lib.rs:3'],
      'mismatched types',
    ],
    [
      'Java',
      'Exception in thread "main" java.lang.IllegalStateException: not open\n\tat org.app.Door.enter(Door.java:12)\n\tat org.app.Main.main(Main.java:5)',
      ['Door.java:12', 'Main.java:5'],
      'not open',
    ],
    [
      'tsc',
      "src/a.ts(3,5): error TS2304: Cannot find name 'x'.",
      ['src/a.ts:3'],
      "Cannot find name 'x'.",
    ],
    ['gcc', "src/x.c:10:3: error: 'y' undeclared", ['src/x.c:10'], "'y' undeclared"],
    [
      'Ruby',
      "app/job.rb:7:in `run': undefined method (NoMethodError)\n\tfrom main.rb:2:in `<main>'",
      ['app/job.rb:7', 'main.rb:2'],
      undefined,
    ],
  ])('%s', (_name, log, frames, message) => {
    const read = readLog(log)
    expect(read.frames.map((frame) => `${frame.path}:${frame.line}`)).toEqual(frames)
    if (message !== undefined) expect(read.messages[0]).toBe(message)
  })

  test('a log without a failure has none', () => {
    expect(readLog('10:02 started\n10:03 done 12:30 pm\n')).toEqual({ frames: [], messages: [] })
  })

  test('a huge log is read in time, head and tail', () => {
    const log = `Error: first thing\n${'x '.repeat(3_000_000)}\nERROR last thing`
    expect(readLog(log).messages).toEqual(
      expect.arrayContaining(['Error: first thing', 'last thing']),
    )
  })
})

test.each([
  ["Error: Cannot open file '/tmp/x.db' for writing", 'Cannot open file'],
  ['ValueError: expected 3 values but got 5 values', 'values but got'],
  ['Error: x', ''],
])('of %j the code holds %j', (message, piece) => {
  expect(literalPiece(message)).toBe(piece)
})
