/** What is used of domino; its own declarations name another module. */
declare module '@mixmark-io/domino' {
  interface IncrementalParser {
    end(html: string): void
    /** Works until `pause` says so; answers whether there is more to do. */
    process(pause: () => boolean): boolean
    document(): import('./dom.ts').HtmlDocument
  }
  const domino: { createIncrementalHTMLParser(): IncrementalParser }
  export default domino
}
