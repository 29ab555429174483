/** HTML as a model reads it, and HTML that means harm. */
import { describe, expect, test } from 'bun:test'
import { pageMarkdown } from '../../src/web/markdown.ts'
import { plainText } from '../../src/web/plain-text.ts'

async function markdown(html: string): Promise<string> {
  const { text } = await pageMarkdown(
    html,
    'https://example.org/docs/',
    new AbortController().signal,
  )
  return text
}

describe('a page as Markdown', () => {
  test('keeps headings, lists, code, tables and absolute links', async () => {
    const text = await markdown(`
      <h2>Use</h2>
      <p>See <a href="../api?x=1&amp;y=2">the API</a>, <code>a_b*c</code> and snake_case.</p>
      <ol start="3"><li>three<ul><li>inner</li></ul></li><li>four</li></ol>
      <pre class="highlight-source-shell"><code>npm i

  indented \`\`\`
</code></pre>
      <pre><code class="language-ts">let a = '&lt;b>'.length</code></pre>
      <table><tr><th>Name</th><th>Type</th></tr><tr><td>a|b</td><td><code>string</code></td></tr></table>
      <blockquote>said</blockquote>`)
    expect(text).toBe(
      `## Use

See [the API](https://example.org/api?x=1&y=2), \`a_b*c\` and snake_case.

3. three
   - inner
4. four

\`\`\`shell
npm i

  indented \`\`\`
\`\`\`

\`\`\`ts
let a = '<b>'.length
\`\`\`

| Name | Type |
| --- | --- |
| a\\|b | \`string\` |

> said`,
    )
  })

  test('takes the main part and leaves out menus, scripts, forms and what is hidden', async () => {
    const filler = 'words '.repeat(30)
    expect(
      await markdown(`<header>site</header><nav>menu</nav><main><p>${filler}</p>
        <script>alert(1)</script><style>p{}</style><p hidden>one</p><p style="DISPLAY : none">two</p>
        <span aria-hidden="true">three</span><form>four</form><!-- five --><noscript>six</noscript>
        <a href="javascript:alert(1)">seven</a><img src="data:image/png;base64,AAAA" alt="eight">
        <img src="/nine.png"><img src="/ten.png" alt="ten"></main><footer>foot</footer>`),
    ).toBe(`${filler.trim()}\n\nseven ![ten](https://example.org/ten.png)`)
  })

  test('keeps the content of tables that only arrange', async () => {
    expect(
      await markdown(
        '<table><tr><td><h1>Head</h1></td></tr><tr><td><p>text</p><ul><li>a</li></ul></td></tr></table>',
      ),
    ).toBe('# Head\n\ntext\n\n- a')
  })

  test('takes addresses relative to the base that the page names', async () => {
    expect(await markdown('<base href="/other/"><a href="x">y</a>')).toBe(
      '[y](https://example.org/other/x)',
    )
  })
})

describe('hostile HTML', () => {
  test('nested too deep for a parser comes as plain text', async () => {
    const deep = `${'<div>'.repeat(3000)}a &lt;b&gt; &#99;${'</div>'.repeat(3000)}<script>no</script>`
    expect(await markdown(deep)).toBe('a <b> c')
  })

  test('of which the parser or the conversion would despair comes as plain text', async () => {
    expect(await markdown(`<p>words</p>${'<template>'.repeat(50_000)}`)).toBe('words')
    const many = '<p><b><i><u><s><em><strong><code><font>word '.repeat(4000)
    expect(await markdown(many)).toStartWith('word\nword\n')
    const rows = `<table>${'<tr><td>a</td><td>b</td></tr>'.repeat(20_000)}</table>`
    expect(await markdown(rows)).toStartWith('a b\na b\n')
  })

  test('of one long run of anything ends', async () => {
    const long = 200_000
    expect((await markdown(`<pre>${' '.repeat(long)}x</pre>`)).length).toBeGreaterThan(long)
    expect(await markdown(`<p>a${'&nbsp;'.repeat(long)}b</p>`)).toBe('a b')
    expect(await markdown(`<p>a${'\n'.repeat(long)}b</p>`)).toBe('a b')
    expect((await markdown('<'.repeat(long))).length).toBe(long)
    expect(await markdown(`<p ${'a=1 '.repeat(long)}>x`)).toBe('x')
    expect(await markdown('<table><tr><td>'.repeat(500))).toBe('')
    expect(await markdown('')).toBe('')
  })
})

test('plain text takes one pass over what has no end', () => {
  for (const [html, text] of [
    ['<script>', ''],
    ['a<!-- b', 'a'],
    ['a<b', 'a'],
    ['<script>'.repeat(50_000), ''],
    ['<p>a<br>b</p>c', 'a\nb\nc'],
    ['&#0;&#x110000;&unknown;&amp;lt;', '&#0;&#x110000;&unknown;&lt;'],
  ] as const)
    expect(plainText(html)).toBe(text)
})
