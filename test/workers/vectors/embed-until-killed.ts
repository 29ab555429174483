/** A process that updates the search index and says so after its first slice; its test kills it then. */
import { createVectorService } from '../../../workers/vectors/service.ts'

const [root = '', indexDatabase = '', directory = ''] = process.argv.slice(2)
const vectors = createVectorService({ root, indexDatabase, directory }, (event) => {
  if (event.type === 'progress') process.stdout.write('written\n')
})
await vectors.update({})
