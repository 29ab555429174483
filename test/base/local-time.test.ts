import { expect, test } from 'bun:test'
import { resolve } from 'node:path'

const root = resolve(import.meta.dir, '../..')
const moments = [0, 1_000_000_000_000, Date.UTC(2026, 0, 1, 0, 30), Date.UTC(2026, 6, 31, 23, 59)]

for (const zone of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu'])
  test(`the C library and JavaScript agree on the time in ${zone}`, () => {
    const script = `
      import { localMinute } from './src/base/local-time.ts'
      import { formatMinute } from './src/base/text.ts'
      for (const at of ${JSON.stringify(moments)}) console.log(localMinute(at) + '|' + formatMinute(at))`
    const run = Bun.spawnSync([process.execPath, '-e', script], {
      cwd: root,
      env: { ...process.env, TZ: zone },
    })
    const rows = `${run.stdout}`.trim().split('\n')
    expect(rows).toHaveLength(moments.length)
    for (const row of rows) {
      const [fast, slow] = row.split('|')
      expect(fast).toBe(slow)
    }
  })
