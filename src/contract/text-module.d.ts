/** Markdown imported with `{ type: 'text' }`: what a model reads lies in .md files beside the code that sends it. */
declare module '*.md' {
  const text: string
  export default text
}
