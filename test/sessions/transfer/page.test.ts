/** The exported page in a browser: it asks nothing of the network, and everybody can read it. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { htmlHighlight } from '../../../src/app/html-highlight.ts'
import { openMasker } from '../../../src/base/mask/masker.ts'
import { writeHtml } from '../../../src/sessions/transfer/write-html.ts'
import { chromiumPath, startChromium } from '../../support/chromium.ts'
import { hostileSession } from './hostile-session.ts'

const { mask } = openMasker({ env: {} })

/** Contrast of each text that is seen against what is painted behind it. */
const contrasts = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number)
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
  const behind = (element) => { for (let at = element; at; at = at.parentElement) { const c = channels(getComputedStyle(at).backgroundColor); if (c[3] === undefined || c[3] > 0) return c } return [255, 255, 255] }
  const low = new Map()
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  let count = 0
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement
    if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue
    count++
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 4.5) low.set(element.tagName + '.' + element.className, ratio.toFixed(2))
  }
  return { count, low: [...low] }
})()`

describe.skipIf(chromiumPath === undefined)(
  'in headless Chromium (skipped where none is installed)',
  () => {
    let directory: string
    let browser: Awaited<ReturnType<typeof startChromium>>

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'codi-page-'))
      let html = ''
      for await (const piece of writeHtml(hostileSession, { mask, highlight: htmlHighlight }))
        html += piece
      writeFileSync(join(directory, 'page.html'), html)
      browser = await startChromium(chromiumPath ?? '')
      await browser.page.open(`file://${join(directory, 'page.html')}`)
    }, 60_000)

    afterAll(async () => {
      await browser?.[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    })

    test('nothing is asked for but the file itself, and nothing of the session runs', async () => {
      const { page } = browser
      const outside = page.requests.filter((url) => !/^(?:file|data|about):/.test(url))
      expect(outside).toEqual([])
      expect(page.requests.filter((url) => url.startsWith('file:'))).toHaveLength(1)
      expect(
        await page.evaluate<unknown[]>(
          '[window.owned ?? null, document.scripts.length, document.styleSheets.length, document.querySelectorAll("iframe,link,object,embed,svg").length]',
        ),
      ).toEqual([null, 0, 1, 0])
      expect(
        await page.evaluate<number>(
          '[...document.images].filter((image) => image.naturalWidth === 1).length',
        ),
      ).toBe(2)
    })

    test('a call opens by a click, and by the keyboard', async () => {
      const { page } = browser
      const isOpen = 'document.querySelector("details.call").open'
      expect(await page.evaluate<boolean>(isOpen)).toBe(false)
      await page.click('details.call > summary')
      expect(await page.evaluate<boolean>(isOpen)).toBe(true)
      await page.evaluate('document.querySelector("details.call > summary").focus()')
      await page.press('Enter', 13)
      expect(await page.evaluate<boolean>(isOpen)).toBe(false)
      await page.evaluate('document.activeElement.blur()')
      await page.press('Tab', 9)
      expect(await page.evaluate<string>('document.activeElement.tagName')).not.toBe('BODY')
    })

    test('dark or light as the system says, or as the switch says, both with enough contrast', async () => {
      const { page } = browser
      const paper = 'getComputedStyle(document.body).backgroundColor'
      await page.evaluate(
        'document.querySelectorAll("details").forEach((it) => { it.open = true })',
      )
      const seen: Record<string, string> = {}
      for (const scheme of ['light', 'dark']) {
        await page.send('Emulation.setEmulatedMedia', {
          features: [{ name: 'prefers-color-scheme', value: scheme }],
        })
        seen[scheme] = await page.evaluate<string>(paper)
        const { count, low } = await page.evaluate<{ count: number; low: string[] }>(contrasts)
        expect(count).toBeGreaterThan(60)
        expect(low).toEqual([])
      }
      expect(seen.light).not.toBe(seen.dark as string)
      await page.click('label:has(#light)')
      expect(await page.evaluate<string>(paper)).toBe(seen.light as string)
      await page.click('label:has(#dark)')
      expect(await page.evaluate<string>(paper)).toBe(seen.dark as string)
    })

    test('on a phone nothing makes the page wider than the screen', async () => {
      const { page } = browser
      await page.send('Emulation.setDeviceMetricsOverride', {
        width: 400,
        height: 800,
        deviceScaleFactor: 1,
        mobile: true,
      })
      await page.evaluate(
        'document.querySelectorAll("details").forEach((it) => { it.open = true })',
      )
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth'),
      ).toBeLessThanOrEqual(400)
    })
  },
)
