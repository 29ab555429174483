/** A request from the configuration of a run and its messages. */
import type { Message } from '../contract/message.ts'
import type { ModelRequest } from '../contract/provider.ts'
import type { AgentConfig } from './config.ts'
import { toTextForm } from './text-form.ts'

/** What is sent to the model for these messages. */
export function buildRequest(config: AgentConfig, messages: readonly Message[]): ModelRequest {
  return {
    model: config.model,
    system: config.system,
    messages: config.nativeCalls ? [...messages] : toTextForm(messages),
    tools: config.nativeCalls ? config.toolSpecs : [],
    ...(config.maxOutputTokens === undefined ? {} : { maxOutputTokens: config.maxOutputTokens }),
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    ...(config.effort === undefined ? {} : { effort: config.effort }),
    ...(config.outputSchema === undefined ? {} : { outputSchema: config.outputSchema }),
    ...(config.recipe === undefined ? {} : { recipe: config.recipe }),
  }
}
