/**
 * HTML to a document, by domino, in slices that leave the program answering. Hostile pages are given up: nesting costs
 * the parser more than its length lets expect.
 */

/** What is used of a document. */
export interface HtmlNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly firstChild: HtmlNode | null
  readonly nextSibling: HtmlNode | null
  readonly parentNode: HtmlNode | null
  textContent: string
  replaceChild(added: HtmlNode, removed: HtmlNode): void
}

export interface HtmlElement extends HtmlNode {
  readonly tagName: string
  className: string
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  querySelector(selector: string): HtmlElement | null
  querySelectorAll(selector: string): {
    readonly length: number
    item(index: number): HtmlElement | null
  }
  remove(): void
}

export interface HtmlDocument extends HtmlElement {
  readonly title: string
  readonly body: HtmlElement | null
  createElement(name: string): HtmlElement
}

const sliceMs = 15
const maxParseMs = 3000
/** Browsers stop at 512; what converts a document goes as deep as it is. */
const maxDepth = 512

/** Undefined for a page that takes too long, or is nested too deep. */
export async function parseHtml(
  html: string,
  signal: AbortSignal,
): Promise<HtmlDocument | undefined> {
  const { default: domino } = await import('@mixmark-io/domino')
  const parser = domino.createIncrementalHTMLParser()
  const deadline = performance.now() + maxParseMs
  parser.end(html)
  for (;;) {
    const sliceEnd = performance.now() + sliceMs
    try {
      if (!parser.process(() => performance.now() >= sliceEnd)) break
    } catch {
      // The parser goes into templates by recursion, as deep as they are.
      return undefined
    }
    if (performance.now() >= deadline) return undefined
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
  }
  const document = parser.document()
  return isTooDeep(document) ? undefined : document
}

/** As they are now: some lists of the document follow its changes, and not all can be iterated. */
export function select(element: HtmlElement, selector: string): HtmlElement[] {
  const list = element.querySelectorAll(selector)
  return Array.from({ length: list.length }, (_, index) => list.item(index)).filter(
    (found) => found !== null,
  )
}

/** Every node below `root` in order, without recursion, which is what depth would break. */
export function* walk(root: HtmlNode): Generator<{ node: HtmlNode; depth: number }> {
  let depth = 0
  let node: HtmlNode | null = root
  while (node) {
    if (node.firstChild) {
      node = node.firstChild
      depth++
    } else {
      while (node && node !== root && !node.nextSibling) {
        node = node.parentNode
        depth--
      }
      if (!node || node === root) return
      node = node.nextSibling
    }
    if (node) yield { node, depth }
  }
}

function isTooDeep(root: HtmlNode): boolean {
  for (const { depth } of walk(root)) if (depth > maxDepth) return true
  return false
}
