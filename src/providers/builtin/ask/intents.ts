/** What a question can want, and the words by which it says so: the first pattern that fits counts. */

export type Intent =
  | 'greeting'
  | 'task'
  | 'overview'
  | 'run'
  | 'diff'
  | 'error'
  | 'callers'
  | 'used'
  | 'callees'
  | 'impact'
  | 'subtypes'
  | 'bases'
  | 'route'
  | 'history'
  | 'show'
  | 'list'
  | 'explain'
  | 'how'
  | 'where'

/** `target` is what the verb is about, `other` the second of two. */
export const intentPatterns: readonly [Intent, RegExp][] = [
  [
    'greeting',
    /^(hi|hello|hey|yo|good (morning|evening|day)|thanks?( you)?|thx|help|test|ping)[\s!.?,]*(there|codi)?[\s!.?]*$/i,
  ],
  [
    'greeting',
    /^(who|what) are you\b|^what('s| is) your name|\bwhat can (you|codi|i) (do|ask)|^how are you\b|^are you (an? )?(ai|model|llm|human)/i,
  ],
  [
    'overview',
    /\b(what (is|does)|explain|describe|summari[sz]e|overview of|tell me about|understand)\s+(this|the|our|that)\s*(whole |entire )?(project|repo(sitory)?|code ?base|program|app(lication)?|code|directory|folder)\b(\s+(do|for|about))?\s*[.?!]*$/i,
  ],
  [
    'overview',
    /^(what is this|what's this|overview|architecture|(what('s| is) the |describe the )?(project |code |overall )?(structure|architecture|layout)( of (this|the) \w+)?|where (do|should|to) (i )?(start|begin)\b.*|give me (an|a) (overview|tour).*)[\s?.!]*$/i,
  ],
  [
    'run',
    /\bhow (do|can|should|to)\b.*\b(run|start|build|compile|install|test|lint|set ?up|deploy|launch)\b/i,
  ],
  ['run', /^(what|which) (commands?|scripts?) .*\b(run|build|test|start)/i],
  [
    'history',
    /\b(?:when (?:was|were|did|has)|who (?:last )?(?:changed|wrote|touched|modified|added|introduced|authored))\s+(?:the\s+)?(?<target>.+?)\s*(?:(?:last|first|been|get|got)\s+)*(?:change[ds]?|modified|added|introduced|touched|written|edited)?(?: last)?[?.!]*$/i,
  ],
  [
    'history',
    /\b(?:history|git (?:log|blame|history)|(?:recent|latest|last|newest) (?:changes?|commits?)|last (?:modification|change)) (?:of|to|in|for|on)\s+(?<target>.+)$/i,
  ],
  [
    'history',
    /^what (?:has )?(?:changed|happened) (?:recently |lately )?(?:in|to|with)\s+(?<target>.+?)(?:\s+(?:recently|lately))?[?.!]*$/i,
  ],
  [
    'history',
    /^(?:what (?:has )?changed (?:recently|lately)|(?:show |list )?(?:me )?(?:the )?(?:recent|latest|last) (?:changes|commits)|git log)(?<target>)[?.!]*$/i,
  ],
  [
    'impact',
    /\b(?:what|which \w+|who|anything|something|how much)\b.*\b(?:break|breaks|broken|affect|affects|affected|happens?|impacted|fail|fails)\b.*\b(?:if|when|by)\b.*?\b(?:chang|remov|delet|renam|edit|modify|modified|touch|refactor)\w*\s+(?<target>.+)$/i,
  ],
  [
    'impact',
    /\b(?:impact|blast radius|consequences?|ripple effects?|effects?) of\s+(?:(?:chang|remov|delet|renam|edit|modify)\w*\s+)?(?<target>.+)$/i,
  ],
  [
    'impact',
    /\b(?:is it (?:safe|ok|okay)|can i|may i|could i|safe) (?:to )?(?:safely )?(?:change|remove|delete|rename|edit|modify)\s+(?<target>.+)$/i,
  ],
  [
    'impact',
    /\b(?:what|who|which \w+)\s+(?:else\s+|all\s+|code\s+)*(?:depends? (?:up)?on|relies on|rely on|needs)\s+(?<target>.+)$/i,
  ],
  [
    'used',
    /^(?:is|are)\s+(?:the\s+)?(?<target>\S+(?:\s+(?!still|ever|really|actually)\w+)?)\s+(?:still\s+|ever\s+|really\s+|actually\s+)*(?:used|called|referenced|imported|needed|dead|unused)\b/i,
  ],
  [
    'used',
    /^(?:does|do) (?:anything|anyone|anybody|something|any \w+)\s+(?:still\s+)?(?:use|call|reference|import|need)s?\s+(?<target>.+)$/i,
  ],
  [
    'route',
    /\bhow (?:do|does|are|is|can)\s+(?<target>\S+)\s+and\s+(?<other>\S+?)\s+(?:connect\w*|relate\w*|interact\w*|hang together|linked|link|talk\b.*|work together|fit together|depend on each other)\b/i,
  ],
  [
    'route',
    /\bhow (?:do|does|can)\s+(?<target>\S+)\s+(?:reach|get to|lead to|end up (?:in|at|calling)|connect to|relate to|come to(?: call)?|call|use|import|depend on)\s+(?<other>\S+?)[?.!]*$/i,
  ],
  [
    'route',
    /\b(?:path|route|chain|connection|relation(?:ship)?|link)s?\s+(?:of calls\s+|of imports\s+)?(?:from|between)\s+(?<target>\S+)\s+(?:to|and)\s+(?<other>\S+?)[?.!]*$/i,
  ],
  [
    'route',
    /^(?:does|do|can)\s+(?<target>\S+)\s+(?:ever\s+|indirectly\s+|transitively\s+|directly\s+)*(?:call|reach|use|depend on|import)\s+(?<other>\S+?)[?.!]*$/i,
  ],
  [
    'subtypes',
    /\b(?:sub-?class(?:es)?|sub-?types?|children|descendants|implementations?|implementors?|implementers|derived (?:classes|types)|heirs|overrides) (?:of|for)\s+(?<target>.+)$/i,
  ],
  [
    'subtypes',
    /\b(?:what|who|which \w+|anything|everything that)\s+(?:all\s+)?(?:extends?|implements?|inherits?(?: from)?|derives? from|subclass(?:es)?)\s+(?<target>.+)$/i,
  ],
  [
    'bases',
    /\b(?:super-?class(?:es)?|base (?:class(?:es)?|types?)|parents?(?: class(?:es)?)?|ancestors|super-?types?|interfaces) (?:of|for)\s+(?<target>.+)$/i,
  ],
  [
    'bases',
    /\bwhat (?:does|do)\s+(?<target>.+?)\s+(?:extend|implement|inherit(?: from)?|derive from|subclass)[?.!]*$/i,
  ],
  [
    'callees',
    /\b(?:what|which (?:functions?|methods?|modules?|files?|packages?|classes|types))(?: else)? (?:does|do)\s+(?<target>.+?)\s+(?:call|invoke|import|depend on|use|rely on|need)s?[?.!]*$/i,
  ],
  ['callees', /\b(?:callees|dependencies|imports) of\s+(?<target>.+)$/i],
  [
    'callers',
    /\b(?:what|who|which \w+|anything|anyone|where)\s+(?:else\s+)?(?:calls?|uses?|imports?|references?|invokes?)\s+(?<target>.+)$/i,
  ],
  [
    'callers',
    /\bwhere (?:is|are|do we|does it|do they)\s+(?:the\s+)?(?<target>.+?)\s+(?:being\s+)?(?:used|called|referenced|invoked|imported|instantiated|call|use)\b/i,
  ],
  [
    'callers',
    /\b(?:callers?|usages?|uses|references|call sites?|users|importers|dependents) (?:of|to|for)\s+(?<target>.+)$/i,
  ],
  [
    'callers',
    /\b(?:which|what)\s+(?:\w+\s+)?(?:files?|functions?|code|modules?|places?)\s+(?:call|use|import|reference|depend on|invoke)s?\s+(?<target>.+)$/i,
  ],
  [
    'show',
    /^(?:please\s+)?(?:show|cat|print|open|display|view)\s+(?:me\s+)?(?:the\s+)?(?:source (?:code )?(?:of|for) |body of |code (?:of|for) |contents? of |file |function |class |method )?(?<target>`[^`]+`|[\w$./:#\\-]+(?:\(\))?)\s*[.!]*$/i,
  ],
  ['list', /^(?:please\s+)?(?:list|enumerate)\b\s*(?:all\s+)?(?:the\s+)?(?<target>.*)$/i],
  ['list', /\b(?:which|what) (?:[\w.]+ )?files\b(?<target>.*)$/i],
  ['list', /^(?:find|show)\s+(?:me\s+)?(?:all|every)\b(?<target>.*)$/i],
  [
    'how',
    /\bhow (?:does|do|is|are|did|can|would|was|were)\s+(?:the\s+)?(?<target>.+?)\s*(?:\b(?:work|works|working|implemented|done|handled|built|made|organi[sz]ed)\b.*)?[?.!]*$/i,
  ],
  ['how', /^(?:why|when)\b(?<target>.*)$/i],
  [
    'explain',
    /^(?:please\s+)?(?:can you\s+|could you\s+)?(?:explain|describe|summari[sz]e|document)\s+(?:to me\s+)?(?:what\s+|how\s+)?(?:the\s+)?(?<target>.+?)(?:\s+(?:does|is|works?|do|means?))?[?.!]*$/i,
  ],
  [
    'explain',
    /^what(?:'s|\s+(?:is|are|does|do))\s+(?:the\s+|an?\s+)?(?<target>.+?)(?:\s+(?:do|for|mean|about|used for))?[?.!]*$/i,
  ],
  ['explain', /^(?:tell me about|what about)\s+(?:the\s+)?(?<target>.+?)[?.!]*$/i],
  [
    'task',
    /^(?:please\s+|can you\s+|could you\s+|would you\s+|now\s+|help me\s+|i want you to\s+|i need you to\s+|let's\s+)*(?:write|add|implement|create|fix|refactor|rename|change|update|delete|remove|translate|generate|make|build|convert|migrate|optimi[sz]e|improve|rewrite|move|replace|upgrade|port|clean up|simplify|extract|insert|format|document|test|debug|install|run|execute|commit|push|deploy|bump|revert|undo)\b/i,
  ],
]
