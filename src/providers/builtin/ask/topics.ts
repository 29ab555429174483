/**
 * What newcomers ask of any program, whatever it is about: where it meets its environment. Words lead nowhere there
 * (code that talks to the network says `fetch`), so each topic has the lines by which code of many languages does it.
 */
import { stem } from '../words.ts'
import type { Question } from './question.ts'

export interface Topic {
  /** Opens the answer: "Where … stands in the code". */
  title: string
  /** The question must say it … */
  asks: RegExp
  /** … and its topic words may be no others than these: else it is about something narrower. */
  own: string
  /** What ripgrep looks for. */
  pattern: string
  /** Further topic words choose among the lines instead of making it another question. */
  narrows?: boolean
  /** What the lines are about, for a list by name: the first group that matched. */
  name?: RegExp
  /** Also in files that are no code, and in heads of definitions. */
  anyFile?: boolean
  inComments?: boolean
}

const topics: Topic[] = [
  {
    title: 'Environment variables',
    asks: /\benv(ironment)?[ -]?(vars?|variables?)\b|\benvironment\b.*\bread\b/i,
    own: 'environment env vars var read set does look respect honour honor consult need check support supported available override influence affect change behaviour behavior',
    narrows: true,
    pattern:
      '(process\\.env|Bun\\.env|Deno\\.env|import\\.meta\\.env|os\\.environ|os\\.getenv|environ\\.get|\\bgetenv\\(|env::var|\\benv!\\(|option_env!\\(|os\\.(Getenv|LookupEnv|Environ)|\\bENV(\\[|\\.fetch|\\.key)|System\\.getenv|GetEnvironmentVariable|\\$_ENV|\\$_SERVER\\[|envvar=|\\b[eE]nv(ironment)?(\\.|\\[.)[A-Z][A-Z0-9_]{2,})',
    name: /(?:env\w*|ENV|environ|getenv|Getenv|LookupEnv|fetch|var_os|var|get)(?:\.|::|\[|\(|!\(|=)*(?:get\(|fetch\()?["'`]?([A-Z][A-Z0-9_]{2,})\b/,
  },
  {
    title: 'The network',
    asks: /\b(network|internet|http (requests?|calls?)|outside world|remote (servers?|hosts?))\b/i,
    own: 'talk speak connect connection access reach go network internet http request requests call make made send sent outside world remote server servers host hosts communicate io traffic happen open opened outgoing',
    pattern:
      '(\\bfetch\\(|http\\.(Get|Post|NewRequest|ListenAndServe)|\\bnet\\.(Dial|Listen)\\w*\\(|\\bDial(er|Context|TLS)?\\(|\\.Dial(Context)?\\(|ListenAndServe\\(|requests\\.(get|post|put|delete|request|Session)\\(|\\burlopen\\(|httpx\\.|aiohttp\\.|socket\\.(socket|create_connection|connect)|TcpStream::connect|TcpListener::bind|UdpSocket::bind|\\breqwest::|Net::HTTP|TCP(Socket|Server)\\.|XMLHttpRequest\\(|new WebSocket\\(|\\baxios\\b|\\bhttps?\\.(request|get|createServer)\\(|\\bnet\\.(connect|createConnection|createServer)\\(|Bun\\.(serve|connect|listen)\\(|HttpClient|HttpURLConnection|socket\\(AF_|curl_easy_|run_simple\\(|make_server\\(|HTTPServer\\(|http\\.client)',
  },
  {
    title: 'Other programs',
    asks: /\b(sub ?process(es)?|child process(es)?|(start|spawn|run|launch|execut)\w*\b.*\b(process(es)?|programs?|shell|binar(y|ies)))\b/i,
    own: 'start started spawn spawned run ran launch launched execute executed process processes subprocess subprocesses child program programs shell command commands external other binary binaries',
    pattern:
      '(child_process|\\bspawn(Sync)?\\(|\\bexec(File|Sync|FileSync)\\(|Bun\\.spawn|subprocess\\.(run|Popen|call|check_\\w+)|os\\.(system|popen|exec\\w+|spawn\\w+)\\(|\\bPopen\\(|exec\\.Command|Command::new\\(|Process\\.spawn|Open3\\.|\\bsystem\\([\'"]|ProcessBuilder|getRuntime\\(\\)\\.exec|\\bexecv[pe]*\\(|posix_spawn)',
  },
  {
    title: 'The entry points',
    asks: /\b(entry ?points?|main (function|file|method|entry|module)|where (does|do) (it|this|the \w+|everything|execution) (start|begin)|starting points?|where is main)\b/i,
    own: 'entry entrypoint point points main start starts begin begins execution everything starting program',
    pattern:
      '(^\\s*func main\\(\\)|^\\s*(pub )?(async )?fn main\\(|^if __name__ == .__main__.|^(async )?def main\\(|\\bint main\\(|static void main\\(|static (async )?(void|int|Task\\w*) Main\\(|^#!/usr/bin/(env )?(node|bun|python\\d?|ruby|bash|sh)|^\\s*"(bin|main|module|exports)":|^\\[\\[bin\\]\\]|^\\[project\\.scripts\\]|console_scripts|import\\.meta\\.main|require\\.main === module)',
    anyFile: true,
  },
  {
    title: 'Exit statuses',
    asks: /\bexit (codes?|status(es)?)\b|\bwhere (does|do) .*\bexit\b/i,
    own: 'exit exits code codes status statuses process return returned set program',
    pattern:
      '(process\\.exit\\(|process\\.exitCode|\\bsys\\.exit\\(|\\bos\\.Exit\\(|os\\._exit\\(|process::exit\\(|ExitCode::|\\bexit!?[ (]\\d|System\\.exit\\(|Environment\\.Exit\\(|log\\.Fatal|\\bexit(Code|_code|Status|_status)\\b.*[:=])',
  },
  {
    title: 'Writing files',
    asks: /\b(writ(e|es|ten|ing)|sav(e|es|ed|ing)|creat(e|es|ed|ing))\b.*\b(files?|disk)\b/i,
    own: 'write writes written writing save saves saved saving create created disk file files filesystem touch',
    pattern:
      '(\\bwriteFile(Sync)?\\(|createWriteStream\\(|Bun\\.write\\(|\\bopen\\([^)]*,\\s*(mode=)?[\'"][wax]|\\.write_(text|bytes)\\(|os\\.(Create|WriteFile|OpenFile|MkdirAll)\\(|ioutil\\.WriteFile|File::create|fs::write\\(|OpenOptions::new|File\\.(write|open)\\(|FileOutputStream|FileWriter\\(|\\bfopen\\(|file_put_contents|appendFile(Sync)?\\(|renameSync?\\()',
  },
  {
    title: 'The database',
    asks: /\b(databases?|sql)\b.*|\btables? (created|defined)\b/i,
    own: 'database databases sql open opened connect connected connection query queries queried set table tables created schema talk access run',
    pattern:
      '(CREATE TABLE|sqlite3?\\.(connect|Database)|new Database\\(|bun:sqlite|rusqlite|Connection::open|sqlx::|diesel::|sql\\.Open\\(|gorm\\.Open|psycopg2?\\.|create_engine\\(|createConnection\\(|createPool\\(|mongoose\\.|MongoClient|PrismaClient|DriverManager\\.getConnection|establish_connection|new PDO\\()',
    anyFile: true,
  },
  {
    title: 'Logging',
    asks: /\b(logging|logger|logs)\b/i,
    own: 'logging logger loggers logs log configured written set write setup messages go',
    pattern:
      '(logging\\.(getLogger|basicConfig|config)|\\bdictConfig\\(|StreamHandler\\(|slog\\.(New|Set)|log\\.(New|SetOutput|SetFlags)\\(|logrus\\.|zap\\.New|winston\\.|\\bpino\\(|tracing_subscriber|env_logger|log::set_|LoggerFactory|Logger\\.(new|getLogger)|getLogger\\(|createLogger\\(|log4js?\\.|console\\.(error|warn)\\()',
  },
  {
    title: 'HTTP routes',
    asks: /\b(routes|endpoints|api paths)\b/i,
    own: 'routes endpoints api http defined exist available registered declared serve served paths rest',
    pattern:
      '(@\\w+(\\.\\w+)*\\.(route|get|post|put|delete|patch)\\([\'"]|\\b(app|router|server|api|mux|r|e)\\.(get|post|put|delete|patch|all|GET|POST|PUT|DELETE)\\([\'"]|\\.Handle(Func)?\\([\'"`]|#\\[(get|post|put|delete)\\(|\\.route\\([\'"]|@(Get|Post|Put|Delete|Request)Mapping|Route::(get|post|put|delete|any)\\(|^\\s*(get|post|put|delete|resources?) [\'":]|\\bpath\\([\'"][^\'"]*[\'"],)',
  },
  {
    title: 'Unfinished work',
    asks: /\b(todos?|fixmes?|unfinished|left to do|technical debt)\b/i,
    own: 'todo todos fixme fixmes unfinished left work technical debt remain remaining comments open',
    pattern: '\\b(TODO|FIXME|XXX|HACK)\\b',
    inComments: true,
  },
]

/** The topic of a question that asks for nothing narrower. */
export function topicOf(question: Question): Topic | undefined {
  if (question.names.length > 0 || question.paths.length > 0 || question.quoted.length > 0)
    return undefined
  return topics.find(
    (topic) =>
      topic.asks.test(question.text) &&
      (topic.narrows === true || narrowing(question, topic).length === 0),
  )
}

/** Topic words that the topic does not own. */
export function narrowing(question: Question, topic: Topic): string[] {
  const own = new Set(topic.own.split(' ').map(stem))
  return question.words.filter((word) => !own.has(stem(word)))
}
