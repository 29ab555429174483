import { providerSuite } from '../contract/provider.suite.ts'

providerSuite({
  id: 'ollama',
  keyName: 'OLLAMA_API_KEY',
  model: 'qwen3-coder',
  skips: {
    'puts interleaved arguments together': 'calls come whole on this wire',
    'tells the cache figures apart from the input': 'the wire tells no cache figures',
    'takes comments without end for silence': 'lines of JSON have no comments',
    'says when the model refused': 'the wire has no such reason',
  },
})
