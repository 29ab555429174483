/** What every script of a question is given. */
import type { Conversation } from '../conversation.ts'
import type { Toolkit } from '../toolkit.ts'
import type { Question } from './question.ts'

export interface Asked {
  question: Question
  conversation: Conversation
  toolkit: Toolkit
  /** The prepared run that asks, where it is one. */
  recipe?: string
}
