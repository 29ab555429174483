/** Files that the build embeds: trained word statistics, by their path. */
declare module '*.bin' {
  const path: string
  export default path
}
