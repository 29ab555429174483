/** What people ask, and what is made of it. */
import { describe, expect, test } from 'bun:test'
import { readQuestion } from '../../../src/providers/builtin/ask/question.ts'
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
  ['what depends on the gate?', 'callers'],
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
