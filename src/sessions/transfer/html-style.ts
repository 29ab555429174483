/** The style of an exported page. Both schemes are here; the switch needs no script and remembers nothing. */
export const style = `
:root{color-scheme:light dark;--paper:light-dark(#ffffff,#0f1319);--ink:light-dark(#1f2328,#e6edf3);--dim:light-dark(#57606a,#9aa4af);--line:light-dark(#d0d7de,#30363d);--soft:light-dark(#f6f8fa,#171c24);--accent:light-dark(#0550ae,#79c0ff);--prompt:light-dark(#eef4fb,#14202e);--bad:light-dark(#a40e26,#ff9a92);--plus:light-dark(#dafbe1,#0f2f1b);--minus:light-dark(#ffebe9,#3c1618);--plusink:light-dark(#0f5323,#aff5b4);--minusink:light-dark(#82071e,#ffcecb);--word:light-dark(#a40e26,#ff938a);--string:light-dark(#0a3069,#a5d6ff);--number:light-dark(#0550ae,#79c0ff);--name:light-dark(#116329,#7ee787)}
:root:has(#light:checked){color-scheme:light}
:root:has(#dark:checked){color-scheme:dark}
*{box-sizing:border-box}
html{scroll-behavior:smooth;text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
.page{max-width:56rem;margin:0 auto;padding:1.5rem 1rem 5rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:start;justify-content:space-between;border-bottom:1px solid var(--line);padding-bottom:1rem}
h1{font-size:1.6rem;line-height:1.25;margin:0;flex:1 1 20rem}
h2{font-size:.85rem;margin:0 0 .5rem;color:var(--dim);font-weight:600}
h3{font-size:.85rem;margin:0 0 .25rem;color:var(--dim);font-weight:600}
h4{font-size:1.2rem}h5{font-size:1.05rem}h6{font-size:1rem}
h4,h5,h6{margin:1.25rem 0 .5rem;line-height:1.3}
a{color:var(--accent)}
.scheme{border:1px solid var(--line);border-radius:.5rem;padding:.15rem .6rem;margin:0;font-size:.8rem;color:var(--dim);display:flex;gap:.7rem}
.scheme legend{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.scheme label{display:flex;gap:.25rem;align-items:center}
dl{flex-basis:100%;display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.25rem 0 0;font-size:.85rem}
dt{color:var(--dim)}dd{margin:0}
nav{margin:1rem 0 2rem;font-size:.9rem}
nav summary,details summary{cursor:pointer}
nav ol{max-height:22rem;overflow:auto;margin:.5rem 0;padding-left:2.5rem}
section,article{margin:0 0 1.25rem;scroll-margin-top:1rem}
section{background:var(--prompt);border-left:3px solid var(--accent);border-radius:.25rem;padding:.75rem 1rem;margin-top:2.5rem}
section:target{outline:2px solid var(--accent)}
.typed{white-space:pre-wrap;margin:0}
time,.facts{color:var(--dim);font-weight:400;font-size:.8rem}
article>footer{color:var(--dim);font-size:.8rem;margin-top:.25rem}
p,ul,ol,blockquote,pre,table{margin:.6rem 0}
ul,ol{padding-left:1.6rem}
blockquote{border-left:3px solid var(--line);margin-left:0;padding-left:1rem;color:var(--dim)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.86em}
code{background:var(--soft);border-radius:.25rem;padding:.1em .3em}
pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;padding:.7rem .9rem;overflow:auto;max-height:36rem;line-height:1.45;overflow-wrap:normal}
pre code{background:none;padding:0;font-size:1em}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.92em}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:left}
.right{text-align:right}.center{text-align:center}
details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:0 .8rem;font-size:.92rem}
details summary{padding:.35rem 0}
details>div{padding-bottom:.5rem}
details summary code{background:none;padding:0}
details.failed{border-color:var(--bad)}
.failed>summary .state{color:var(--bad)}
.thinking>div{color:var(--dim)}
nav details{border:0;padding:0}
.part{font-size:.75rem;color:var(--dim);margin:.5rem 0 0}
.line{display:block;min-width:max-content}
.added{background:var(--plus);color:var(--plusink)}
.removed{background:var(--minus);color:var(--minusink)}
.hunk,.meta{color:var(--dim)}
.k{color:var(--word)}.s{color:var(--string)}.n{color:var(--number)}.v{color:var(--name)}.c{color:var(--dim)}
img{max-width:100%;height:auto;border:1px solid var(--line);border-radius:.4rem;display:block;margin:.5rem 0}
.end{color:var(--dim);font-size:.8rem;border-top:1px solid var(--line);padding-top:1rem;margin-top:3rem}
@media (max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.35rem}.page{padding:1rem .75rem 3rem}}
@media print{:root,:root:has(#dark:checked){color-scheme:light}.scheme,.skip,nav{display:none}pre{max-height:none;white-space:pre-wrap;overflow-wrap:anywhere}.line{min-width:0}section,h4,h5,h6{break-after:avoid}details::details-content{content-visibility:visible;block-size:auto}a{color:inherit}}
`
