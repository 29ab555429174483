import { providerSuite } from '../contract/provider.suite.ts'

providerSuite({ id: 'openai', keyName: 'OPENAI_API_KEY', model: 'gpt-6.1-sol' })
