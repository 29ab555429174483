/** A process that watches under the limits it was started with, changes a file, and says what it saw. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rgPath as ripgrep } from '@vscode/ripgrep'
import { createIndexService } from '../../../workers/indexer/service.ts'

const [root = '', database = ''] = process.argv.slice(2)
const index = createIndexService({ root, database, ripgrep }, () => {})
await index.watch({})
const { watching, watchNote } = await index.status()
writeFileSync(join(root, 'd1/a.ts'), 'export const changed = 1')
const { parsed } = await index.update({})
index.close()
process.stdout.write(JSON.stringify({ watching, watchNote, parsedAfterChange: parsed }))
