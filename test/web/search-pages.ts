/** Answers of search engines in the shapes that they have. */

export const duckDuckGo = `<!DOCTYPE html><html><head><title>bun at DuckDuckGo</title></head><body>
<div class="serp__results"><div id="links" class="results">
<div class="result results_links results_links_deep result--ad"><div class="links_main links_deep result__body">
 <h2 class="result__title"><a rel="nofollow" class="result__a" href="https://duckduckgo.com/y.js?ad_domain=shop.example&amp;u3=x">Buy buns</a></h2>
 <a class="result__snippet" href="https://duckduckgo.com/y.js?ad">An advertisement</a></div></div>
<div class="result results_links results_links_deep web-result"><div class="links_main links_deep result__body">
 <h2 class="result__title"><a rel="nofollow" class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fbun.example%2Fdocs%3Fa%3D1%26b%3D2&amp;rut=0f">Bun &amp; its
  docs</a></h2>
 <div class="result__extras"><a class="result__url" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fbun.example">bun.example</a></div>
 <a class="result__snippet" href="//duckduckgo.com/l/?uddg=x"><b>Bun</b> is a fast runtime.</a></div></div>
<div class="result results_links web-result"><h2 class="result__title"><a class="result__a" href="https://direct.example/page">Direct</a></h2></div>
<div class="result results_links web-result"><h2 class="result__title"><a class="result__a" href="https://direct.example/page">Twice</a></h2></div>
<div class="result results_links web-result"><h2 class="result__title"><a class="result__a" href="//duckduckgo.com/l/?uddg=javascript%3Aalert(1)">Odd</a></h2></div>
</div></div></body></html>`

export const duckDuckGoNothing = `<html><body><div class="results"><div class="result results_links result--no-result">
<div class="no-results">No results found for <b>qwertz</b></div></div></div></body></html>`

export const duckDuckGoCaptcha = `<html><body><form id="challenge-form" action="//duckduckgo.com/anomaly.js?sv=html" method="POST">
<div class="anomaly-modal__mask"><div class="anomaly-modal__modal"><div class="anomaly-modal__title">Unfortunately, bots use DuckDuckGo too.</div></div></div></form></body></html>`

export const duckDuckGoLite = `<html><body><table border="0">
<tr class="result-sponsored"><td>1.&nbsp;</td><td><a rel="nofollow" href="https://duckduckgo.com/y.js?ad" class='result-link'>Sponsored</a></td></tr>
<tr class="result-sponsored"><td></td><td class='result-snippet'>ad text</td></tr>
<tr><td valign="top">1.&nbsp;</td><td><a rel="nofollow" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fone.example%2F&amp;rut=1" class='result-link'>One</a></td></tr>
<tr><td></td><td class='result-snippet'>The <b>first</b>.</td></tr>
<tr><td></td><td><span class='link-text'>one.example</span></td></tr>
<tr><td valign="top">2.&nbsp;</td><td><a rel="nofollow" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Ftwo.example%2F" class='result-link'>Two</a></td></tr>
</table></body></html>`

const hit = { title: 'A <b>title</b>', url: 'https://a.example/' }

/** By engine: the answer, and what is read of it beside title and address. */
export const jsonAnswers: Record<string, { body: object; snippet: string }> = {
  wikipedia: {
    body: {
      batchcomplete: true,
      query: {
        pages: [
          { pageid: 2, index: 2, title: 'Second', fullurl: 'https://b.example/', extract: 'b' },
          { pageid: 1, index: 1, title: 'A title', fullurl: hit.url, extract: 'said\nso' },
        ],
      },
    },
    snippet: 'said so',
  },
  searxng: {
    body: { query: 'q', results: [{ ...hit, content: 'said so', engine: 'x' }] },
    snippet: 'said so',
  },
  brave: {
    body: {
      type: 'search',
      web: { type: 'search', results: [{ ...hit, description: '<strong>said</strong> so' }] },
    },
    snippet: 'said so',
  },
  tavily: {
    body: { query: 'q', results: [{ ...hit, content: 'said so', score: 0.9 }] },
    snippet: 'said so',
  },
  exa: { body: { results: [{ ...hit, id: 'x', text: 'said\nso' }] }, snippet: 'said so' },
  kagi: {
    body: {
      meta: { id: 'x' },
      data: { search: [{ ...hit, snippet: 'said so' }], related_search: [{ title: 'other' }] },
    },
    snippet: 'said so',
  },
  serper: {
    body: { organic: [{ title: hit.title, link: hit.url, snippet: 'said so', position: 1 }] },
    snippet: 'said so',
  },
  google: {
    body: {
      kind: 'customsearch#search',
      items: [{ title: hit.title, link: hit.url, snippet: 'said so' }],
    },
    snippet: 'said so',
  },
  bing: {
    body: {
      _type: 'SearchResponse',
      webPages: { value: [{ name: hit.title, url: hit.url, snippet: 'said so' }] },
    },
    snippet: 'said so',
  },
}
