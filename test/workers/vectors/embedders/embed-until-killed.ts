/** A process that embeds what is there with the options of its argument; its test kills it. */
import { createVectorService } from '../../../../workers/vectors/service.ts'

const vectors = createVectorService(JSON.parse(process.argv[2] ?? ''), () => undefined)
await vectors.embed({})
