/** From a question to the script that answers it: one row an intent. */
import type { Conversation } from '../conversation.ts'
import type { Script } from '../script.ts'
import type { Toolkit } from '../toolkit.ts'
import { howToAdd, thingToAdd } from './add.ts'
import type { Asked } from './asked.ts'
import { calleesOf } from './callees.ts'
import { callersOf } from './callers.ts'
import { cannotDo, greet, noTools } from './cannot.ts'
import { explainErrors } from './errors.ts'
import { explainTarget } from './explain.ts'
import { historyOf } from './history.ts'
import { impactAnswer } from './impact.ts'
import type { Intent } from './intents.ts'
import { listFiles } from './list.ts'
import { locate } from './locate.ts'
import { howToRun, overview } from './overview.ts'
import { readQuestion } from './question.ts'
import { reviewInWords } from './review-words.ts'
import { routeBetween } from './route.ts'
import { showSource } from './show.ts'
import { basesOf, subtypesOf } from './subtypes.ts'
import { survey } from './survey.ts'
import { asksForTests, testsOf } from './tests-of.ts'
import { topicOf } from './topics.ts'
import { asksForVersion, whereVersion } from './version.ts'

const scripts: Record<Intent, (asked: Asked) => Script> = {
  greeting: greet,
  task: cannotDo,
  overview,
  run: howToRun,
  diff: reviewInWords,
  error: explainErrors,
  callers: callersOf,
  used: callersOf,
  callees: calleesOf,
  impact: impactAnswer,
  subtypes: subtypesOf,
  bases: basesOf,
  route: routeBetween,
  history: historyOf,
  show: showSource,
  list: listFiles,
  explain: explainTarget,
  how: locate,
  where: locate,
}

export function answerQuestion(
  conversation: Conversation,
  toolkit: Toolkit,
  recipe: string | undefined,
): Script {
  const text = resolvePronoun(questionText(conversation, recipe), conversation.previousAnswer)
  const question = readQuestion(text, conversation.stdin)
  if (/^explain \.?\/?$/.test(text)) question.intent = 'overview'
  else if (recipe === 'explain' && question.intent !== 'diff') question.intent = 'explain'
  const asked: Asked = {
    question,
    conversation,
    toolkit,
    ...(recipe === undefined ? {} : { recipe }),
  }
  if (question.intent === 'greeting') return greet(asked)
  if (toolkit.empty && question.intent !== 'diff') return noTools()
  return (recipe === 'explain' ? undefined : narrower(asked)) ?? scripts[question.intent](asked)
}

/** Questions that have an answer of their own, under whatever intent their words put them. */
function narrower(asked: Asked): Script | undefined {
  const { question } = asked
  if (!general.has(question.intent)) return undefined
  const thing = thingToAdd(question)
  if (thing !== undefined) return howToAdd(asked, thing)
  if (asksForTests(question)) return testsOf(asked)
  if (asksForVersion(question)) return whereVersion(asked)
  const topic = topicOf(question)
  return topic ? survey(asked, topic) : undefined
}

const general = new Set<Intent>(['where', 'how', 'list', 'explain', 'callers', 'overview'])

/** The prompt of `codi explain` is written for a model: what it is about stands in its first backticks. */
function questionText(conversation: Conversation, recipe: string | undefined): string {
  if (recipe !== 'explain') return conversation.question
  const target = /`([^`]+)`/.exec(conversation.question)?.[1]
  return target === undefined ? conversation.question : `explain ${target}`
}

/** "Who calls it?" after an answer means what that answer was about. */
function resolvePronoun(text: string, previousAnswer: string): string {
  const pronoun = /\b(it|that one|this one|this function|that)\b/i
  if (text.length > 80 || !pronoun.test(text)) return text
  const subject = subjectOf(previousAnswer)
  return subject === undefined ? text : text.replace(pronoun, () => `\`${subject}\``)
}

/** The first name in inline code that is no path: the name of a head, or a name alone. */
function subjectOf(answer: string): string | undefined {
  for (const [, span = ''] of answer.matchAll(/`([^`\n]+)`/g)) {
    if (/^[\w@.+/-]+(:\d+)?$/.test(span) && /[/.:]/.test(span)) continue
    const head =
      /\b(?:class|interface|type|struct|enum|trait|const|function\*?|def|fn|func)\s+([\w$]+)/.exec(
        span,
      )
    const name =
      head?.[1] ??
      /([A-Za-z_$][\w$]*)\s*\(/.exec(span)?.[1] ??
      /^[A-Za-z_$][\w$.:]*$/.exec(span)?.[0]
    if (name !== undefined) return name
  }
  return undefined
}
