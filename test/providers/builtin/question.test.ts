/** What people ask, and what is made of it. */
import { describe, expect, test } from 'bun:test'
import { thingToAdd } from '../../../src/providers/builtin/ask/add.ts'
import { readQuestion } from '../../../src/providers/builtin/ask/question.ts'
import { asksForTests } from '../../../src/providers/builtin/ask/tests-of.ts'
import { topicOf } from '../../../src/providers/builtin/ask/topics.ts'
import { asksForVersion } from '../../../src/providers/builtin/ask/version.ts'
import {
  firstSentence,
  holds,
  splitName,
  stem,
  stemsOf,
  topicWords,
} from '../../../src/providers/builtin/words.ts'

test.each([
  ['where are retries handled?', 'where'],
  ['where is the port configured?', 'where'],
  ['is there a rate limiter', 'where'],
  ['what calls parseConfig?', 'callers'],
  ['who uses the Session class', 'callers'],
  ['where is openStore called', 'callers'],
  ['usages of `load`', 'callers'],
  ['which files import src/base/errors.ts?', 'callers'],
  ['what depends on the gate?', 'impact'],
  ['what happens if I rename parseConfig?', 'impact'],
  ['is it safe to delete src/a.ts?', 'impact'],
  ['how does main reach parseConfig?', 'route'],
  ['does Store use Disk?', 'route'],
  ['what does parseConfig call?', 'callees'],
  ['which port does the server use?', 'where'],
  ['what are the subclasses of Store?', 'subtypes'],
  ['who implements Store?', 'subtypes'],
  ['what does Store extend?', 'bases'],
  ['is parseConfig still used?', 'used'],
  ['does anything call parseConfig?', 'used'],
  ['when was parseConfig last changed?', 'history'],
  ['who wrote parseConfig?', 'history'],
  ['recent changes', 'history'],
  ['how does the store work?', 'how'],
  ['when is the cache emptied?', 'how'],
  ['how does the agent loop work?', 'how'],
  ['how are sessions stored?', 'how'],
  ['why does it retry on 529', 'how'],
  ['explain src/main.ts', 'explain'],
  ['what does runProgram do?', 'explain'],
  ['what is CodiError?', 'explain'],
  ['show me runProgram', 'show'],
  ['cat src/main.ts', 'show'],
  ['list all python files', 'list'],
  ['which files handle permissions?', 'list'],
  ['what is this project?', 'overview'],
  ['what does this repo do', 'overview'],
  ['explain the codebase', 'overview'],
  ['where do I start?', 'overview'],
  ['how do I run the tests?', 'run'],
  ['hello!', 'greeting'],
  ['what can you do?', 'greeting'],
  ['write a function that adds numbers', 'task'],
  ['please fix the login bug', 'task'],
  ['can you rename foo to bar', 'task'],
  ['TypeError: x is not a function\n    at go (/app/src/a.js:3:5)', 'error'],
])('%j asks for %s', (text, intent) => {
  expect(readQuestion(text, undefined).intent).toBe(intent as never)
})

test('what is piped in decides when it is a diff or a failure', () => {
  expect(readQuestion('what is this?', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n').intent).toBe(
    'diff',
  )
  expect(readQuestion('why?', 'Traceback (most recent call last):').intent).toBe('error')
  expect(readQuestion('where is this used?', 'a,b,c\n1,2,3').intent).not.toBe('error')
})

describe('A question', () => {
  test('gives the names, paths and quoted texts in it', () => {
    const asked = readQuestion(
      'who calls `load` or parse_args() in src/a/b.ts:12 with "no such key"?',
      undefined,
    )
    expect(asked.names).toEqual(['load', 'parse_args'])
    expect(asked.paths).toEqual([{ path: 'src/a/b.ts', line: 12 }])
    expect(asked.quoted).toEqual(['no such key'])
  })

  test.each([
    ['what calls the function runLoop?', 'runLoop'],
    ['who uses Session', 'Session'],
    ['explain the class Gate', 'Gate'],
    ['how does the agent loop work?', 'agent loop'],
    ['what does `x` do?', 'x'],
  ])('%j is about %j', (text, target) => {
    expect(readQuestion(text, undefined).target).toBe(target)
  })

  test('takes no word of a sentence for a name, and no fraction or abbreviation for a path', () => {
    const asked = readQuestion(
      'where does the client and/or server retry, e.g. on HTTP 5xx w/o a key?',
      undefined,
    )
    expect(asked.names).toEqual([])
    expect(asked.paths).toEqual([])
  })

  test('knows what kind of place is wanted', () => {
    expect(readQuestion('where are the tests of the parser', undefined).wantsTests).toBe(true)
    expect(readQuestion('where is the default timeout set', undefined).wantsConfiguration).toBe(
      true,
    )
  })
})

describe('Words', () => {
  test.each([
    ['retries', 'retry'],
    ['handlers', 'handled'],
    ['configuration', 'configured'],
    ['parsing', 'parser'],
    ['cached', 'caching'],
    ['stopped', 'stop'],
  ])('%s and %s have one stem', (a, b) => {
    expect(stem(a)).toBe(stem(b))
  })

  test('of code are split where people see them', () => {
    expect(splitName('parseHTTPRequest_v2')).toEqual(['parse', 'http', 'request', 'v2'])
    expect(holds(stemsOf('withRetryPolicy(options)'), stem('retries'))).toBe(true)
    expect(holds(stemsOf('entry'), stem('retries'))).toBe(false)
  })

  test('without a topic are dropped', () => {
    expect(topicWords('where are the retries handled in this code?')).toEqual(['retries'])
  })

  test('of a comment end with its first sentence', () => {
    expect(firstSentence('Title\n=====\nReads x.y of a file. Then more.')).toBe(
      'Title Reads x.y of a file.',
    )
  })
})

describe('A topic that every program has', () => {
  test.each([
    ['which environment variables are read?', 'Environment variables'],
    ['which env vars are read for proxies?', 'Environment variables'],
    ['where do we talk to the network?', 'The network'],
    ['where are subprocesses started?', 'Other programs'],
    ['where is the entry point?', 'The entry points'],
    ['which exit codes are there?', 'Exit statuses'],
    ['where do we write files to disk?', 'Writing files'],
    ['what TODOs are left?', 'Unfinished work'],
    ['where are network failures retried?', undefined],
    ['how does the database migration lock work?', undefined],
    ['where is `HTTP_PROXY` read from the environment?', undefined],
  ])('%j is about %j', (text, title) => {
    expect(topicOf(readQuestion(text, undefined))?.title).toBe(title)
  })

  test('the version is the program’s own only where nothing narrower is asked', () => {
    const asked = (text: string) => asksForVersion(readQuestion(text, undefined))
    expect(asked('where is the version set?')).toBe(true)
    expect(asked('where does the version number come from?')).toBe(true)
    expect(asked('where is the schema version checked?')).toBe(false)
  })

  test('tests are asked for with a subject, things to add by their kind', () => {
    const tests = (text: string) => asksForTests(readQuestion(text, undefined))
    expect(tests('is there a test for the parser?')).toBe(true)
    expect(tests('how does the test runner choose files?')).toBe(false)
    const thing = (text: string) => thingToAdd(readQuestion(text, undefined))
    expect(thing('how do I add a new slash command to the repl?')).toBe('slash command')
    expect(thing('how do I write my own provider?')).toBe('provider')
    expect(thing('how does it add a header?')).toBeUndefined()
  })
})
