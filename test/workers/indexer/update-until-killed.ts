/** A process that indexes: a line after the first batch, its report as the last line. Its test may kill it between. */
import { createIndexService } from '../../../workers/indexer/service.ts'

const [root = '', database = '', ripgrep = ''] = process.argv.slice(2)
let told = false
const index = createIndexService({ root, database, ripgrep }, (event) => {
  if (told || event.type !== 'progress' || event.done === 0) return
  told = true
  process.stdout.write('written\n')
})
try {
  const { parsed, files } = await index.update({})
  process.stdout.write(`${JSON.stringify({ parsed, files })}\n`)
} catch (thrown) {
  process.stdout.write(`${JSON.stringify({ error: String(thrown) })}\n`)
}
index.close()
