/** `ip`: what only shows addresses, links and routes. Everything else changes the network of the machine. */
import type { Look } from '../scene.ts'

const option = /^-(?:4|6|br|brief|c|color|s|stats|statistics|d|details|j|json|p|pretty|o|oneline)$/
const object = /^(?:a|addr|address|l|link|r|route|n|neigh|rule)$/
const shows = /^(?:show|list|ls|get)$/

export const ip: Look = ({ args, row }) => {
  const texts = args.map((word) => (word.many ? undefined : word.value))
  const at = texts.findIndex((text) => text === undefined || !option.test(text))
  const [name, verb] = at < 0 ? [] : texts.slice(at)
  if (name === undefined || !object.test(name)) return {}
  if (texts.length > at + 1 && !shows.test(verb ?? '')) return {}
  if (texts.includes(undefined)) return {}
  const { danger: _, ...rest } = row
  return {
    row: {
      ...rest,
      act: 'reads',
      text: 'shows the network',
      category: 'system-info',
      operands: 'text',
    },
  }
}
