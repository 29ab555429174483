/**
 * Every provider codi knows, one row each: which wire it speaks, where it is, which environment variables hold its
 * key, and how its host departs from the wire. A new OpenAI-compatible host is one more row here. Order matters: the
 * first row whose key is set is chosen when nobody named a provider.
 */

export type WireName = 'messages' | 'responses' | 'chat' | 'ollama' | 'builtin' | 'mock'

export interface Host {
  id: string
  /** As people write it. */
  name: string
  wire: WireName
  /** Where requests go; `{VARIABLE}` parts are filled in from the environment. Absent: must be given. */
  baseUrl?: string
  /** Environment variables that may override `baseUrl`, first set wins. */
  baseUrlKeys: string[]
  /** Environment variables that may hold the key, first set wins. */
  keys: string[]
  /** `none`: the host works without a key. `optional`: it may have one. */
  key: 'required' | 'optional' | 'none'
  /** Page where a key is made. */
  keyUrl?: string
  /** What its keys look like today; another look is worth a warning, no more. */
  keyPattern?: RegExp
  /** What a key is checked with, below the base URL, where the list of models is open to anybody; `none`: nothing. */
  keyCheck?: { path: string } | 'none'
  defaultModel?: string
  /** Environment variables that may name the model. */
  modelKeys?: string[]
  quirks?: ChatQuirks
}

/** How a Chat Completions host departs from what most accept. */
export interface ChatQuirks {
  /** The name of the output limit; `max_tokens` unless told. */
  maxTokens?: 'max_tokens' | 'max_completion_tokens'
  /** It answers an error to `stream_options`; usage comes by itself or not at all. */
  noStreamOptions?: true
  /** How effort is asked for. Absent: not at all. */
  effort?: 'reasoning_effort' | 'reasoning'
  /** What a schema for the answer may be: the schema itself, only "some JSON", or nothing. */
  schema?: 'json_schema' | 'json_object' | 'none'
  /** Call ids must be exactly nine letters and digits. */
  shortCallIds?: true
  /** The field in which thinking must be sent back while calls are answered. */
  sendThinking?: 'reasoning_content' | 'reasoning_details'
  /** It hands cache marks on to Claude. */
  claudeCacheMarks?: true
  /** The key goes into this header instead of `Authorization: Bearer`. */
  keyHeader?: string
  headers?: Record<string, string>
}

const local = { key: 'optional' as const, keys: [] as string[] }

export const hosts: readonly Host[] = [
  {
    id: 'anthropic',
    name: 'Anthropic',
    wire: 'messages',
    baseUrl: 'https://api.anthropic.com',
    baseUrlKeys: ['ANTHROPIC_BASE_URL'],
    keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'],
    key: 'required',
    keyUrl: 'https://console.anthropic.com/settings/keys',
    keyPattern: /^sk-ant-/,
    defaultModel: 'claude-sonnet-5-5',
    modelKeys: ['ANTHROPIC_MODEL'],
  },
  {
    id: 'openai',
    name: 'OpenAI',
    wire: 'responses',
    baseUrl: 'https://api.openai.com/v1',
    baseUrlKeys: ['OPENAI_BASE_URL'],
    keys: ['OPENAI_API_KEY'],
    key: 'required',
    keyUrl: 'https://platform.openai.com/api-keys',
    keyPattern: /^sk-/,
    defaultModel: 'gpt-6.1-sol',
    modelKeys: ['OPENAI_MODEL'],
  },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    wire: 'chat',
    baseUrl: 'https://openrouter.ai/api/v1',
    baseUrlKeys: ['OPENROUTER_BASE_URL'],
    keys: ['OPENROUTER_API_KEY'],
    key: 'required',
    keyUrl: 'https://openrouter.ai/keys',
    keyPattern: /^sk-or-/,
    keyCheck: { path: '/key' },
    defaultModel: 'anthropic/claude-sonnet-5.5',
    quirks: {
      effort: 'reasoning',
      schema: 'json_schema',
      sendThinking: 'reasoning_details',
      claudeCacheMarks: true,
      headers: { 'X-Title': 'codi' },
    },
  },
  {
    id: 'google',
    name: 'Google Gemini',
    wire: 'chat',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    baseUrlKeys: ['GEMINI_BASE_URL', 'GOOGLE_BASE_URL'],
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    key: 'required',
    keyUrl: 'https://aistudio.google.com/apikey',
    keyPattern: /^AIza/,
    defaultModel: 'gemini-3.8-flash',
    quirks: { effort: 'reasoning_effort', schema: 'json_schema' },
  },
  {
    id: 'groq',
    name: 'Groq',
    wire: 'chat',
    baseUrl: 'https://api.groq.com/openai/v1',
    baseUrlKeys: ['GROQ_BASE_URL'],
    keys: ['GROQ_API_KEY'],
    key: 'required',
    keyUrl: 'https://console.groq.com/keys',
    keyPattern: /^gsk_/,
    defaultModel: 'openai/gpt-oss-120b',
    quirks: {
      maxTokens: 'max_completion_tokens',
      effort: 'reasoning_effort',
      schema: 'json_object',
    },
  },
  {
    id: 'deepseek',
    name: 'DeepSeek',
    wire: 'chat',
    baseUrl: 'https://api.deepseek.com/v1',
    baseUrlKeys: ['DEEPSEEK_BASE_URL'],
    keys: ['DEEPSEEK_API_KEY'],
    key: 'required',
    keyUrl: 'https://platform.deepseek.com/api_keys',
    keyPattern: /^sk-/,
    defaultModel: 'deepseek-v4-pro',
    quirks: {
      effort: 'reasoning_effort',
      schema: 'json_object',
      sendThinking: 'reasoning_content',
    },
  },
  {
    id: 'mistral',
    name: 'Mistral',
    wire: 'chat',
    baseUrl: 'https://api.mistral.ai/v1',
    baseUrlKeys: ['MISTRAL_BASE_URL'],
    keys: ['MISTRAL_API_KEY'],
    key: 'required',
    keyUrl: 'https://console.mistral.ai/api-keys',
    defaultModel: 'devstral-latest',
    quirks: { noStreamOptions: true, schema: 'json_schema', shortCallIds: true },
  },
  {
    id: 'xai',
    name: 'xAI',
    wire: 'chat',
    baseUrl: 'https://api.x.ai/v1',
    baseUrlKeys: ['XAI_BASE_URL'],
    keys: ['XAI_API_KEY'],
    key: 'required',
    keyUrl: 'https://console.x.ai',
    keyPattern: /^xai-/,
    defaultModel: 'grok-4.5',
    quirks: { effort: 'reasoning_effort', schema: 'json_schema' },
  },
  {
    id: 'together',
    name: 'Together',
    wire: 'chat',
    baseUrl: 'https://api.together.xyz/v1',
    baseUrlKeys: ['TOGETHER_BASE_URL'],
    keys: ['TOGETHER_API_KEY'],
    key: 'required',
    keyUrl: 'https://api.together.ai/settings/api-keys',
    defaultModel: 'openai/gpt-oss-120b',
    quirks: { schema: 'json_schema' },
  },
  {
    id: 'fireworks',
    name: 'Fireworks',
    wire: 'chat',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    baseUrlKeys: ['FIREWORKS_BASE_URL'],
    keys: ['FIREWORKS_API_KEY'],
    key: 'required',
    keyUrl: 'https://app.fireworks.ai/settings/users/api-keys',
    keyPattern: /^fw_/,
    defaultModel: 'accounts/fireworks/models/gpt-oss-120b',
    quirks: { effort: 'reasoning_effort', schema: 'json_schema' },
  },
  {
    id: 'cerebras',
    name: 'Cerebras',
    wire: 'chat',
    baseUrl: 'https://api.cerebras.ai/v1',
    baseUrlKeys: ['CEREBRAS_BASE_URL'],
    keys: ['CEREBRAS_API_KEY'],
    key: 'required',
    keyUrl: 'https://cloud.cerebras.ai',
    keyPattern: /^csk-/,
    defaultModel: 'gpt-oss-120b',
    quirks: {
      maxTokens: 'max_completion_tokens',
      effort: 'reasoning_effort',
      schema: 'json_schema',
    },
  },
  {
    id: 'azure',
    name: 'Azure OpenAI',
    wire: 'chat',
    baseUrlKeys: ['AZURE_OPENAI_BASE_URL', 'AZURE_OPENAI_ENDPOINT'],
    keys: ['AZURE_OPENAI_API_KEY'],
    key: 'required',
    keyUrl: 'https://ai.azure.com',
    modelKeys: ['AZURE_OPENAI_DEPLOYMENT'],
    quirks: {
      maxTokens: 'max_completion_tokens',
      effort: 'reasoning_effort',
      schema: 'json_schema',
      keyHeader: 'api-key',
    },
  },
  {
    id: 'runpod',
    name: 'RunPod',
    wire: 'chat',
    baseUrl: 'https://api.runpod.ai/v2/{RUNPOD_ENDPOINT_ID}/openai/v1',
    baseUrlKeys: ['RUNPOD_BASE_URL'],
    keys: ['RUNPOD_API_KEY'],
    key: 'required',
    keyUrl: 'https://console.runpod.io/user/settings',
    modelKeys: ['RUNPOD_MODEL'],
    quirks: { schema: 'json_schema' },
  },
  {
    id: 'moonshot',
    name: 'Moonshot',
    wire: 'chat',
    baseUrl: 'https://api.moonshot.ai/v1',
    baseUrlKeys: ['MOONSHOT_BASE_URL'],
    keys: ['MOONSHOT_API_KEY'],
    key: 'required',
    keyUrl: 'https://platform.moonshot.ai/console/api-keys',
    quirks: { schema: 'json_object', sendThinking: 'reasoning_content' },
  },
  {
    id: 'zai',
    name: 'Z.ai',
    wire: 'chat',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    baseUrlKeys: ['ZAI_BASE_URL'],
    keys: ['ZAI_API_KEY'],
    key: 'required',
    keyUrl: 'https://z.ai/manage-apikey/apikey-list',
    quirks: { schema: 'json_object', sendThinking: 'reasoning_content' },
  },
  {
    id: 'qwen',
    name: 'Alibaba Qwen',
    wire: 'chat',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    baseUrlKeys: ['DASHSCOPE_BASE_URL'],
    keys: ['DASHSCOPE_API_KEY'],
    key: 'required',
    keyUrl: 'https://bailian.console.alibabacloud.com',
    quirks: { schema: 'json_object' },
  },
  {
    id: 'deepinfra',
    name: 'DeepInfra',
    wire: 'chat',
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    baseUrlKeys: ['DEEPINFRA_BASE_URL'],
    keys: ['DEEPINFRA_API_KEY'],
    key: 'required',
    keyUrl: 'https://deepinfra.com/dash/api_keys',
    keyCheck: 'none',
    quirks: { schema: 'json_object' },
  },
  {
    id: 'nvidia',
    name: 'NVIDIA NIM',
    wire: 'chat',
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    baseUrlKeys: ['NVIDIA_BASE_URL'],
    keys: ['NVIDIA_API_KEY'],
    key: 'required',
    keyUrl: 'https://build.nvidia.com',
    keyPattern: /^nvapi-/,
    keyCheck: 'none',
    quirks: { schema: 'none' },
  },
  {
    id: 'huggingface',
    name: 'Hugging Face',
    wire: 'chat',
    baseUrl: 'https://router.huggingface.co/v1',
    baseUrlKeys: ['HF_BASE_URL'],
    keys: ['HF_TOKEN'],
    key: 'required',
    keyUrl: 'https://huggingface.co/settings/tokens',
    keyPattern: /^hf_/,
    keyCheck: 'none',
    quirks: { schema: 'json_object' },
  },
  {
    id: 'openai-compatible',
    name: 'the OpenAI-compatible host',
    wire: 'chat',
    baseUrlKeys: ['OPENAI_COMPATIBLE_BASE_URL', 'OPENAI_BASE_URL'],
    keys: ['OPENAI_COMPATIBLE_API_KEY', 'OPENAI_API_KEY'],
    key: 'optional',
    modelKeys: ['OPENAI_MODEL'],
    quirks: { effort: 'reasoning_effort', schema: 'json_schema' },
  },
  {
    id: 'lmstudio',
    name: 'LM Studio',
    wire: 'chat',
    baseUrl: 'http://localhost:1234/v1',
    baseUrlKeys: ['LMSTUDIO_BASE_URL'],
    ...local,
    keys: ['LMSTUDIO_API_KEY'],
    quirks: { schema: 'json_schema' },
  },
  {
    id: 'llamacpp',
    name: 'llama.cpp',
    wire: 'chat',
    baseUrl: 'http://localhost:8080/v1',
    baseUrlKeys: ['LLAMACPP_BASE_URL'],
    ...local,
    keys: ['LLAMA_API_KEY'],
    quirks: { schema: 'json_schema' },
  },
  {
    id: 'vllm',
    name: 'vLLM',
    wire: 'chat',
    baseUrl: 'http://localhost:8000/v1',
    baseUrlKeys: ['VLLM_BASE_URL'],
    ...local,
    keys: ['VLLM_API_KEY'],
    quirks: { schema: 'json_schema' },
  },
  {
    id: 'ollama',
    name: 'Ollama',
    wire: 'ollama',
    baseUrl: 'http://localhost:11434',
    baseUrlKeys: ['OLLAMA_HOST', 'OLLAMA_BASE_URL'],
    keys: ['OLLAMA_API_KEY'],
    key: 'optional',
    modelKeys: ['OLLAMA_MODEL'],
  },
  {
    id: 'builtin',
    name: 'the built-in engine',
    wire: 'builtin',
    baseUrlKeys: [],
    keys: [],
    key: 'none',
    defaultModel: 'builtin',
  },
  {
    id: 'mock',
    name: 'the mock provider',
    wire: 'mock',
    baseUrlKeys: [],
    keys: [],
    key: 'none',
    defaultModel: 'mock',
  },
]

/** Other names under which people look for a row. */
const aliases: Readonly<Record<string, string>> = {
  claude: 'anthropic',
  gemini: 'google',
  grok: 'xai',
  'x-ai': 'xai',
  compatible: 'openai-compatible',
  openai_compatible: 'openai-compatible',
  'lm-studio': 'lmstudio',
  'llama.cpp': 'llamacpp',
  'llama-cpp': 'llamacpp',
  kimi: 'moonshot',
  dashscope: 'qwen',
  hf: 'huggingface',
}

/** The row of a provider id (or one of its other names); undefined for an unknown one. */
export function findHost(id: string): Host | undefined {
  const wanted = id.toLowerCase()
  const real = aliases[wanted] ?? wanted
  return hosts.find((host) => host.id === real)
}
