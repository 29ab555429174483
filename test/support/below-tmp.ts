/** Whether this checkout lies below /tmp, which the sandbox covers: what it confines sees nothing of the checkout then. */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'

export const isBelowTmp = /^\/(?:var\/)?tmp\//.test(realpathSync(resolve(import.meta.dir, '../..')))
