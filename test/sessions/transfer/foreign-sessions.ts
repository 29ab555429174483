/** Sessions as other programs write them, in our own words: the smallest that have every shape an import must know. */
import type { JsonObject, JsonValue } from '../../../src/base/json.ts'

export function jsonl(lines: readonly (JsonObject | string)[]): string {
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
}

/** A red dot. */
export const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

const usage = {
  input_tokens: 100,
  output_tokens: 20,
  cache_read_input_tokens: 50,
  cache_creation_input_tokens: 7,
}

/** A line of Claude Code with its envelope. */
export function claudeLine(
  uuid: string,
  parentUuid: string | null,
  more: JsonObject & { message?: JsonObject },
): JsonObject {
  const type = more.message?.role ?? 'system'
  return {
    parentUuid,
    isSidechain: false,
    userType: 'external',
    cwd: '/home/ada/shop',
    sessionId: 'c1a0de00-0000-4000-8000-000000000001',
    version: '2.1.0',
    gitBranch: 'main',
    type,
    uuid,
    timestamp: `2026-03-01T10:00:${String(Number.parseInt(uuid.slice(1), 10)).padStart(2, '0')}.000Z`,
    ...more,
  }
}

const user = (content: JsonValue): { message: JsonObject } => ({
  message: { role: 'user', content },
})
const answer = (id: string, ...content: JsonObject[]): { message: JsonObject } => ({
  message: {
    id,
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content,
    usage,
    stop_reason: 'tool_use',
  },
})
const use = (id: string, name: string, input: JsonObject): JsonObject => ({
  type: 'tool_use',
  id,
  name,
  input,
})
const result = (id: string, content: JsonValue, isError = false): JsonObject => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  is_error: isError,
})

/** One answer in three lines with two calls side by side, a branch, a helper, a summary, a line cut off. */
export const claudeSession = jsonl([
  { type: 'file-history-snapshot', messageId: 'x', snapshot: {} },
  {
    type: 'ai-title',
    aiTitle: 'Find the rounding error',
    sessionId: 'c1a0de00-0000-4000-8000-000000000001',
  },
  claudeLine('u0', null, {
    ...user('<command-name>/clear</command-name>\n<command-args></command-args>'),
    isMeta: false,
  }),
  claudeLine(
    'u1',
    'u0',
    user([
      { type: 'text', text: 'Why is the total wrong?' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
    ]),
  ),
  claudeLine(
    'u2',
    'u1',
    answer('msg_1', { type: 'thinking', thinking: 'Look at the cart first.', signature: 'sig' }),
  ),
  claudeLine('u3', 'u2', answer('msg_1', { type: 'text', text: 'I read two files.' })),
  claudeLine(
    'u4',
    'u3',
    answer('msg_1', use('toolu_a', 'Read', { file_path: '/home/ada/shop/cart.js' })),
  ),
  claudeLine('u5', 'u4', user([result('toolu_a', 'let total = 0')])),
  claudeLine('u6', 'u4', answer('msg_1', use('toolu_b', 'Bash', { command: 'npm test' }))),
  claudeLine('u7', 'u6', {
    ...user([result('toolu_b', [{ type: 'text', text: '1 failed' }], true)]),
    toolUseResult: { stdout: '' },
  }),
  claudeLine('u8', 'u7', answer('msg_2', { type: 'text', text: 'A branch that was left.' })),
  claudeLine('u9', 'u7', {
    ...answer('side_1', { type: 'text', text: 'A helper speaks.' }),
    isSidechain: true,
  }),
  '{"type":"assistant","uuid":"cut o',
  claudeLine('u10', 'u7', answer('msg_3', { type: 'text', text: 'It is rounded twice.' })),
  claudeLine('u11', null, {
    type: 'system',
    subtype: 'compact_boundary',
    logicalParentUuid: 'u10',
    content: 'Conversation compacted',
    compactMetadata: { trigger: 'auto', preTokens: 155025 },
  }),
  claudeLine('u12', 'u11', { ...user('The total was rounded twice.'), isCompactSummary: true }),
  claudeLine('u13', 'u12', { ...user('Caveat'), isMeta: true }),
  claudeLine('u14', 'u13', user('Mend it.')),
  claudeLine(
    'u15',
    'u14',
    answer(
      'msg_4',
      use('toolu_c', 'Edit', { file_path: 'cart.js', old_string: 'a', new_string: 'b' }),
    ),
  ),
])

const item = (second: number, payload: JsonObject, type = 'response_item'): JsonObject => ({
  timestamp: `2026-04-02T08:00:${String(second).padStart(2, '0')}.000Z`,
  type,
  payload,
})
const tokens = (input: number, output: number, total: number): JsonObject => ({
  type: 'token_count',
  info: {
    total_token_usage: { input_tokens: total, output_tokens: output, total_tokens: total + output },
    last_token_usage: {
      input_tokens: input,
      cached_input_tokens: 40,
      output_tokens: output,
      reasoning_output_tokens: 5,
    },
  },
})

export const codexSession = jsonl([
  item(
    0,
    {
      id: '019c0de0-0000-7000-8000-000000000002',
      timestamp: '2026-04-02T08:00:00.000Z',
      cwd: '/home/ada/shop',
      originator: 'codex_cli_rs',
      cli_version: '0.160.0',
      source: 'cli',
      model_provider: 'openai',
    },
    'session_meta',
  ),
  item(1, {
    type: 'message',
    role: 'developer',
    content: [
      { type: 'input_text', text: '<permissions instructions>x</permissions instructions>' },
    ],
  }),
  item(1, {
    type: 'message',
    role: 'user',
    content: [
      {
        type: 'input_text',
        text: '<environment_context>\n<cwd>/home/ada/shop</cwd>\n</environment_context>',
      },
    ],
  }),
  item(2, { cwd: '/home/ada/shop', model: 'gpt-5.2-codex', effort: 'high' }, 'turn_context'),
  item(2, {
    type: 'message',
    role: 'user',
    content: [
      { type: 'input_text', text: 'List the files' },
      { type: 'input_image', image_url: `data:image/png;base64,${png}` },
    ],
  }),
  item(2, { type: 'user_message', message: 'List the files' }, 'event_msg'),
  item(3, {
    type: 'reasoning',
    summary: [{ type: 'summary_text', text: '**Listing**' }],
    content: null,
    encrypted_content: 'gAAA',
  }),
  item(4, {
    type: 'function_call',
    name: 'shell',
    arguments: '{"command":["bash","-lc","ls"]}',
    call_id: 'call_1',
  }),
  item(4, {
    type: 'custom_tool_call',
    name: 'apply_patch',
    input: '*** Begin Patch\n*** Add File: a\n+x\n*** End Patch',
    call_id: 'call_2',
    status: 'completed',
  }),
  item(5, {
    type: 'function_call_output',
    call_id: 'call_1',
    output: '{"output":"cart.js\\n","metadata":{"exit_code":0,"duration_seconds":0.1}}',
  }),
  item(6, {
    type: 'custom_tool_call_output',
    call_id: 'call_2',
    output: '{"output":"no such directory","metadata":{"exit_code":1}}',
  }),
  item(6, tokens(140, 30, 140), 'event_msg'),
  item(6, tokens(140, 30, 140), 'event_msg'),
  item(7, {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'There is cart.js.' }],
  }),
  item(7, tokens(200, 9, 340), 'event_msg'),
  item(8, {
    type: 'message',
    role: 'user',
    content: [{ type: 'input_text', text: 'A prompt that is taken back' }],
  }),
  item(9, {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'Gone.' }],
  }),
  item(9, { type: 'thread_rolled_back', num_turns: 1 }, 'event_msg'),
  item(10, { message: 'It has one file.', replacement_history: [] }, 'compacted'),
  item(10, { message: '', replacement_history: [] }, 'compacted'),
  item(11, { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Go on' }] }),
  item(12, { type: 'reasoning', summary: [], encrypted_content: 'gAAA' }),
  item(12, { type: 'function_call', name: 'shell', arguments: '{"command":', call_id: 'call_1' }),
  item(13, { type: 'turn_aborted', reason: 'interrupted' }, 'event_msg'),
])

/** As the first versions wrote it: items without a wrapping. */
export const oldCodexSession = jsonl([
  {
    id: '019c0de0-0000-7000-8000-000000000003',
    timestamp: '2025-05-01T08:00:00.000Z',
    instructions: null,
  },
  { record_type: 'state' },
  { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
  { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello.' }] },
])

const piUsage = {
  input: 10,
  output: 5,
  cacheRead: 3,
  cacheWrite: 2,
  cost: { input: 0.1, output: 0.1, total: 0.25 },
}
const piEntry = (id: string, parentId: string | null, more: JsonObject): JsonObject => ({
  id,
  parentId,
  timestamp: `2026-05-03T09:00:${id.slice(1).padStart(2, '0')}.000Z`,
  ...more,
})
const piMessage = (id: string, parentId: string | null, message: JsonObject) =>
  piEntry(id, parentId, { type: 'message', message })
const piAnswer = (...content: JsonObject[]): JsonObject => ({
  role: 'assistant',
  content,
  provider: 'anthropic',
  model: 'claude-opus-4-5',
  usage: piUsage,
  stopReason: 'stop',
})

export const piSession = jsonl([
  {
    type: 'session',
    version: 3,
    id: 'a1b2c3d4-0000-4000-8000-000000000004',
    timestamp: '2026-05-03T09:00:00.000Z',
    cwd: '/home/ada/shop',
  },
  piEntry('p1', null, { type: 'model_change', provider: 'anthropic', modelId: 'claude-opus-4-5' }),
  piMessage('p2', 'p1', { role: 'user', content: 'First', timestamp: 1777798802000 }),
  piMessage(
    'p3',
    'p2',
    piAnswer(
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'toolCall', id: 'call_1|fc_1', name: 'bash', arguments: { command: 'ls' } },
    ),
  ),
  piMessage('p4', 'p3', {
    role: 'toolResult',
    toolCallId: 'call_1|fc_1',
    toolName: 'bash',
    content: [
      { type: 'text', text: 'a\n' },
      { type: 'image', mimeType: 'image/png', data: png },
    ],
    isError: false,
  }),
  piMessage('p5', 'p4', piAnswer({ type: 'text', text: 'Left behind' })),
  piEntry('p6', 'p4', { type: 'branch_summary', fromId: 'p5', summary: 'We tried that.' }),
  piMessage('p7', 'p6', { role: 'user', content: [{ type: 'text', text: 'Second' }] }),
  piMessage('p8', 'p7', {
    ...piAnswer({ type: 'text', text: 'Kept' }),
    provider: 'openai',
    model: 'gpt-5.2',
  }),
  piMessage('p9', 'p8', { role: 'bashExecution', command: 'make', output: 'ok', exitCode: 0 }),
  piEntry('p10', 'p9', {
    type: 'compaction',
    summary: 'Two prompts.',
    firstKeptEntryId: 'p7',
    tokensBefore: 9000,
  }),
  piEntry('p11', 'p10', { type: 'session_info', name: 'Two files' }),
  piEntry('p12', 'p11', { type: 'custom', customType: 'state', data: {} }),
  piMessage('p13', 'p12', { role: 'user', content: 'Third' }),
])

export const earlierSession = JSON.stringify(
  {
    name: 'session-2025-11-02-10-20-30',
    projectPath: '/home/ada/shop',
    projectName: 'shop',
    createdAt: '2025-11-02T10:20:30.000Z',
    updatedAt: '2025-11-02T10:30:30.000Z',
    provider: 'Anthropic',
    model: 'claude-3-5-sonnet',
    label: 'Cart total',
    conversationSummary: 'We looked at the cart.',
    openFilesState: { files: {} },
    messages: [
      { role: 'user', content: 'Read it' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Reading.' },
          { type: 'tool_use', id: 't1', name: 'read_file', input: { path: 'cart.js' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't1', content: '1: let', is_error: false }],
      },
      { role: 'assistant', content: 'Done.' },
    ],
  },
  null,
  2,
)
