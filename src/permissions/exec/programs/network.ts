/** What talks to other machines. */
import type { Family } from '../row.ts'

const sends = 'sends a file to another machine'

export const network: Family = {
  curl: {
    act: 'network',
    text: 'talks to another machine',
    remember: 0,
    values:
      '-o --output -O -d --data --data-binary --data-raw --data-urlencode -F --form -T --upload-file -H --header -X --request -u --user -A --user-agent -e --referer -b --cookie -c --cookie-jar -K --config -x --proxy -m --max-time --connect-timeout --retry -w --write-out -E --cert --key --cacert --capath -r --range -C -z -y -Y -U -Q -P -t -D --dump-header --resolve --url --output-dir',
    options: [
      { names: '-T --upload-file -F --form', text: sends, act: 'network', danger: true },
      { names: '-K --config', text: 'takes its orders from a file', act: 'network', danger: true },
      {
        names:
          '-o --output -O --remote-name --remote-name-all -J --output-dir -c --cookie-jar -D --dump-header --trace --trace-ascii --stderr',
        text: 'writes a file',
        act: 'writes',
      },
      {
        names: '-d --data --data-binary --data-raw --data-urlencode --json -X --request',
        text: 'sends data to another machine',
        act: 'network',
      },
    ],
  },
  'wget wget2 aria2c axel': {
    act: 'network',
    text: 'fetches from another machine',
    remember: 0,
    options: [
      { names: '--post-file --body-file', text: sends, act: 'network', danger: true },
      {
        names: '--use-askpass --execute -e --on-download-complete --on-download-start',
        text: 'runs a program or changes its settings',
        danger: true,
      },
      {
        names: '-O --output-document -o --output-file -P --directory-prefix',
        text: 'writes a file',
        act: 'writes',
      },
    ],
  },
  'http https xh httpie curlie': { act: 'network', text: 'talks to another machine', remember: 0 },
  'ping ping6 traceroute tracepath mtr dig host nslookup whois nmap tcpdump': {
    act: 'network',
    text: 'talks to other machines',
    remember: 1,
  },
  'nc ncat netcat socat telnet ftp sftp scp rcp tftp rclone croc magic-wormhole wormhole lftp': {
    act: 'network',
    text: 'opens a connection to another machine, in both directions',
    danger: true,
  },
  'ssh mosh autossh sshpass rsh rlogin': {
    act: 'network',
    text: 'runs commands on another machine',
    danger: true,
    special: 'ssh',
  },
  'aws gcloud az doctl heroku fly flyctl vercel netlify wrangler railway linode-cli oci ibmcloud s3cmd gsutil b2 kubectl helm k9s oc terraform tofu pulumi terragrunt ansible ansible-playbook packer vagrant serverless sam cdk eksctl kustomize argocd flux nomad consul firebase supabase':
    {
      act: 'network',
      text: 'changes what runs elsewhere',
      danger: true,
      remember: 0,
      sub: {
        'get describe logs top explain api-resources api-versions cluster-info status list ls show plan history':
          {
            act: 'network',
            text: 'asks what runs elsewhere',
            remember: 2,
          },
        help: {
          act: 'reads',
          text: 'shows text',
          operands: 'text',
        },
      },
    },
  'gh glab hub': {
    act: 'network',
    text: 'talks to the host of the repository',
    remember: 3,
    sub: {
      'pr issue repo run release workflow mr ci label project search status': {
        act: 'network',
        text: 'talks to the host of the repository',
        remember: 3,
      },
      'auth secret variable ssh-key gpg-key api alias extension codespace config': {
        act: 'network',
        text: 'touches credentials, or anything at the host of the repository',
        danger: true,
      },
    },
  },
  'mail mailx sendmail mutt msmtp swaks': { act: 'network', text: 'sends mail', danger: true },
  'psql mysql mariadb mongo mongosh redis-cli sqlcmd pgcli mycli clickhouse-client cqlsh influx duckdb mysqldump pg_dump pg_restore mongodump dropdb createdb':
    {
      act: 'network',
      text: 'reads and changes a database',
      remember: 0,
    },
  'sqlite3 sqlite': {
    act: 'runs',
    text: 'reads and changes a database, and runs commands',
    remember: 0,
  },
}
