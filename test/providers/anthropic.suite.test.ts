import { providerSuite } from '../contract/provider.suite.ts'

providerSuite({ id: 'anthropic', keyName: 'ANTHROPIC_API_KEY', model: 'claude-sonnet-5-5' })
