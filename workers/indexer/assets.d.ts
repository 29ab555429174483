/** Files that the build embeds: a grammar's path, a query's text. */
declare module '*.wasm' {
  const path: string
  export default path
}
declare module '*.scm' {
  const text: string
  export default text
}
