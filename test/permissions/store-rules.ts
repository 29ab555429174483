/** Stores rules in a file, one after another: `bun store-rules.ts FILE NAME COUNT`. Started by a test several times at once. */
import { storeRule } from '../../src/permissions/rule-store.ts'

const [file = '', name = '', count = '0'] = process.argv.slice(2)
for (let index = 0; index < Number(count); index++) {
  await storeRule(file, { prefix: [name, String(index)], decision: 'allow' })
}
