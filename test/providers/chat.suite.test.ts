import { providerSuite } from '../contract/provider.suite.ts'

providerSuite({
  id: 'openrouter',
  keyName: 'OPENROUTER_API_KEY',
  model: 'anthropic/claude-sonnet-5.5',
})
