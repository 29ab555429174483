/** A process that indexes and says so after the first batch; its test kills it then. */
import { createIndexService } from '../../../workers/indexer/service.ts'

const [root = '', database = '', ripgrep = ''] = process.argv.slice(2)
const index = createIndexService({ root, database, ripgrep }, (event) => {
  if (event.type === 'progress' && event.done > 0) process.stdout.write('written\n')
})
await index.update({})
