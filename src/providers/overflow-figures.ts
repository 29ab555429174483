/**
 * The figures in a refusal of a request as too long: how large the window is, and what the request took. Each pattern
 * is of a sentence that a real host sends.
 */
export interface OverflowFigures {
  windowTokens?: number
  requestTokens?: number
}

const patterns: readonly RegExp[] = [
  // Anthropic
  /prompt is too long: (?<request>[\d,]+) tokens > (?<window>[\d,]+) maximum/i,
  /exceed context limit: (?<request>[\d,]+) \+ [\d,]+ > (?<window>[\d,]+)/i,
  // OpenAI and those who word it likewise (vLLM, OpenRouter, DeepSeek, Together)
  /maximum context length (?:is|of) (?<window>[\d,]+)(?: tokens)?[\s\S]*?(?:resulted in|requested(?: about)?|has|contains?) (?<request>[\d,]+)/i,
  /maximum context length (?:is|of) (?<window>[\d,]+)/i,
  // Google
  /token count \((?<request>[\d,]+)\) exceeds the maximum number of tokens allowed \((?<window>[\d,]+)\)/i,
  // Mistral
  /contains (?<request>[\d,]+) tokens[\s\S]*?too large for model with (?<window>[\d,]+) maximum/i,
  // xAI
  /maximum prompt length is (?<window>[\d,]+) but the request contains (?<request>[\d,]+)/i,
  // llama.cpp, LM Studio
  /request \((?<request>[\d,]+) tokens\) exceeds the available context size \((?<window>[\d,]+) tokens\)/i,
  /context (?:length|size|window)(?: is| of| \()? ?(?<window>[\d,]+)(?: tokens)?/i,
  // TGI
  /must be <= (?<window>[\d,]+)(?:\. Given: (?<request>[\d,]+))?/i,
]

/** A limit by the minute is no window. */
const rateLimit = /per min(ute)?\b|\bTPM\b/i
const minWindowTokens = 256

export function overflowFigures(text: string): OverflowFigures {
  if (rateLimit.test(text)) return {}
  for (const pattern of patterns) {
    const groups = pattern.exec(text)?.groups
    if (!groups) continue
    const windowTokens = numberOf(groups.window)
    const requestTokens = numberOf(groups.request)
    if (windowTokens === undefined || windowTokens < minWindowTokens) continue
    return {
      windowTokens,
      ...(requestTokens !== undefined && requestTokens > windowTokens ? { requestTokens } : {}),
    }
  }
  return {}
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text?.replaceAll(',', ''))
  return Number.isInteger(number) ? number : undefined
}
