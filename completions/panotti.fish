# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_panotti_global_optspecs
    string join \n o/output= fields= q/quiet v/verbose time= utc color= socket= data= config= y/yes no-input timeout= h/help V/version
end

function __fish_panotti_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_panotti_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_panotti_using_subcommand
    set -l cmd (__fish_panotti_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c panotti -n "__fish_panotti_needs_command" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_needs_command" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_needs_command" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_needs_command" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_needs_command" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_needs_command" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_needs_command" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_needs_command" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_needs_command" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_needs_command" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_needs_command" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_needs_command" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_needs_command" -s V -l version -d 'Print version'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "daemon" -d 'Start, stop and watch the daemon'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "event" -d 'Publish events, and see what became of them'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "filter" -d 'Filters: which events go where, or are tagged'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "replay" -d 'Jobs that deliver stored events again'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "plugin" -d 'Plugins: what handles the events'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "subscription" -d 'What plugins subscribe to, and how each gets on'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "topic" -d 'What is published, by whom, and who gets it'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "schema" -d 'What the payloads of a topic must look like'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "seal" -d 'Sealed payloads: who can open them; and whether everything is as it was written'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "key" -d 'API keys: who may come in, as what, until when'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "role" -d 'Roles: what somebody may do'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "config" -d 'Settings, and where each comes from'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "doctor" -d 'Look at everything a daemon needs, and say what to do'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "audit" -d 'Who did what, and the proof that nobody has changed it since'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "health" -d 'Ask whether the daemon is well; silent where it is'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "slo" -d 'Show how well it went: success, recovery, latency, load of plugins, uptime, utilisation'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "explain" -d 'Explain an error code: what it means, why it happens, what to do'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "version" -d 'Show the versions of this program and, with --check, of the daemon'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "help" -d 'Show the help of a command, or on a topic: exit-codes, environment, filters, formatting, time'
complete -c panotti -n "__fish_panotti_needs_command" -f -a "emit" -d 'Emit an event from a plugin of `runtime: exec`'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -f -a "start" -d 'Start the daemon in the background'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -f -a "run" -d 'Run the daemon in the foreground'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -f -a "stop" -d 'Stop the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -f -a "restart" -d 'Stop the daemon and start it again'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -f -a "status" -d 'Show how the daemon is doing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -f -a "logs" -d 'Show the daemon\'s log'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and not __fish_seen_subcommand_from start run stop restart status logs install" -f -a "install" -d 'Print a hardened unit for systemd'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l wait -d 'How long to wait until it is ready' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l no-wait -d 'Return at once'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l accept-loss -d 'Go on although accepted events are missing at the end of the log; which ones is written to the audit'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l accept-loss -d 'Go on although accepted events are missing at the end of the log; which ones is written to the audit'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l drain -d 'How long to wait for what is in flight; the setting `daemon.drain` where it is not given' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l now -d 'Wait for nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l drain -d 'How long to wait for what is in flight; the setting `daemon.drain` where it is not given' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l wait -d 'How long to wait until it is ready again' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s n -l lines -d 'The newest so many lines' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l level -d 'Only this level and what is graver' -r -f -a "error\t''
warn\t''
info\t''
debug\t''
trace\t''"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l since -d 'Only lines since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l grep -d 'Only lines in which this regular expression is found, as they stand in the file' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Stay and show new lines as they come'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l access -d 'The access log instead: a line for every request'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l program -d 'The program that the unit runs, where it is not this one' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l run-as -d 'The user that the daemon runs as' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l print -d 'Print the unit'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand daemon; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "publish" -d 'Publish an event'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "list" -d 'List events, the newest first'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "ls" -d 'List events, the newest first'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "show" -d 'Show an event, its payload, and what became of it'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "trace" -d 'Draw the tree of a story: what was emitted because of what, and by whom'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "tail" -d 'Show events and what becomes of them, as it happens'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "retry" -d 'Try an event\'s failed or waiting deliveries again, now'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "errors" -d 'List failures, those that are alike in one group, the largest first'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "explain" -d 'Tell for every subscription why it got an event or why it did not'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "export" -d 'Write stored events as lines that `panotti event publish --jsonl` takes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "stats" -d 'Count what was published and what became of it'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "replay" -d 'Deliver stored events again, and wait for the result'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "discard" -d 'Give an event\'s dead deliveries up'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "cancel" -d 'Stop an event\'s deliveries that have not begun or wait for their time'
complete -c panotti -n "__fish_panotti_using_subcommand event; and not __fish_seen_subcommand_from publish list ls show trace tail retry errors explain export stats replay discard cancel purge" -f -a "purge" -d 'Remove events for good, with their deliveries'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -s p -l pair -d 'A key of the payload: `k=text` or `k:=json`; may be given several times' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l priority -d 'Its priority; where events wait, higher ones are handed out sooner' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l id -d 'Your id of the event: the same source and id are published once' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l idempotency-key -d 'The same event under the same key is published once within 24 hours; another event under it is refused' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l source -d 'Who says so; `/cli/USER@HOST` where it is not given' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l subject -d 'What it is about' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l content-type -d 'Media type of the payload; JSON where it is not given' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l ordering-key -d 'Events of one key come to a plugin one at a time, in their order' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l correlation -d 'The story it belongs to' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l expires -d 'Deliveries past it are dead, with the cause `expired`: a time, or so long from now' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l delay -d 'Plugins get it later, at most 30 days from now: a time, or so long from now' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l from -d 'Publish a copy of this event as a new one, which names it as its cause; what else is given replaces what the copy has, and --pair sets single keys of its payload' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l wait -d 'Wait until every delivery has ended, at most so long; exit code 1 where one failed, 124 where the time ran out' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l count -d 'Publish it so many times, with the number under `n` in an object' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l rate -d 'At most so many a second, with --jsonl or --count' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l edit -d 'Edit the copy before it is published, in `$VISUAL` or `$EDITOR`'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l reveal -d 'Copy what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l jsonl -d 'Each line is an event: of standard input, or of PAYLOAD (`@FILE`); without a TOPIC give `-` or `@FILE` alone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l dry-run -d 'Check everything that can be checked here, and publish nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from publish" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l status -d 'Only deliveries in this state, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l filter -d 'Only events that match this filter, such as \'data.duration > 5\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l plugin -d 'Only deliveries to this plugin, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l error -d 'Only failed deliveries of this group of errors; `panotti event errors` shows the fingerprints' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l correlation -d 'Only events of this story: its correlation id' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l since -d 'Accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l until -l before -d 'Accepted before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l tag -d 'Only events that a stored filter tagged so' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l failed -d 'Only failed deliveries: dead or quarantined; and their events'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l unrouted -d 'Only events that no subscription matched when they were published'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l oldest-first -d 'The oldest first'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l status -d 'Only deliveries in this state, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l filter -d 'Only events that match this filter, such as \'data.duration > 5\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l plugin -d 'Only deliveries to this plugin, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l error -d 'Only failed deliveries of this group of errors; `panotti event errors` shows the fingerprints' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l correlation -d 'Only events of this story: its correlation id' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l since -d 'Accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l until -l before -d 'Accepted before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l tag -d 'Only events that a stored filter tagged so' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l failed -d 'Only failed deliveries: dead or quarantined; and their events'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l unrouted -d 'Only events that no subscription matched when they were published'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l oldest-first -d 'The oldest first'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l reason -d 'Why, for the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l payload -d 'Only the payload\'s bytes, as they were published'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l reveal -d 'Show what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l attempts -d 'Every attempt with the end of what the plugin logged'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l format -d 'How it is drawn' -r -f -a "tree\t'For reading here'
mermaid\t'A flowchart for pages that draw Mermaid'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from trace" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l filter -d 'Only events that match this filter, such as \'data.duration > 5\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l plugin -d 'Only what this plugin gets, and its outcomes' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l since -d 'Begin with what was accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l reason -d 'Why it is revealed, for the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l payload -d 'Show payloads'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l reveal -d 'With --payload, show what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l plugin -d 'Only the delivery to this plugin' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l edit -d 'Edit a copy of the event, in `$VISUAL` or `$EDITOR`, and publish that as a new one'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l reveal -d 'With --edit, copy what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l plugin -d 'Only this plugin\'s' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l since -d 'Died since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from errors" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l plugin -d 'Only this plugin\'s subscriptions' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l status -d 'Only deliveries in this state, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l filter -d 'Only events that match this filter, such as \'data.duration > 5\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l plugin -d 'Only deliveries to this plugin, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l error -d 'Only failed deliveries of this group of errors; `panotti event errors` shows the fingerprints' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l correlation -d 'Only events of this story: its correlation id' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l since -d 'Accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l until -l before -d 'Accepted before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l reason -d 'Why, for the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l limit -d 'Stop after so many, and say where there are more' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l failed -d 'Only failed deliveries: dead or quarantined; and their events'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l reveal -d 'Show what a schema marks as sensitive too; needs the permission `reveal:events:TOPIC`, and is audited'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l by -d 'Break it down: all, topic, plugin, status, priority' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l since -d 'Counted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l filter -d 'Count only stored events that match this filter, such as \'data.duration > 5\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l status -d 'Only deliveries in this state, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l filter -d 'Only events that match this filter, such as \'data.duration > 5\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l plugin -d 'Only deliveries to this plugin, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l error -d 'Only failed deliveries of this group of errors; `panotti event errors` shows the fingerprints' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l correlation -d 'Only events of this story: its correlation id' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l since -d 'Accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l until -l before -d 'Accepted before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l to -d 'Deliver to this subscription instead, also where it never had the events: `PLUGIN/NAME`, or `PLUGIN` for all of it; may be given several times' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l rate -d 'Deliveries started a second; `max` is without a limit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l name -d 'A name for the job, for example of the incident' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l confirm-above -d 'Ask, or refuse where nobody can be asked, when more deliveries than this are planned' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l failed -d 'Only failed deliveries: dead or quarantined; and their events'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l all -d 'Everything stored'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l include-quarantined -d 'Also deliveries that crashed their plugin three times; each is run alone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l dry-run -d 'Show the plan and start nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l detach -d 'Return as soon as the job is started'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from replay" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l plugin -d 'Only the delivery to this plugin' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from discard" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l plugin -d 'Only the delivery to this plugin' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l before -d 'Events accepted before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l topic -d 'Events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l status -d 'Events with a delivery that ended like this' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l filter -d 'Events that match this filter, such as \'data.test\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l keep-failed -d 'Keep events with a dead delivery'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l dry-run -d 'Show what would go and remove nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand event; and __fish_seen_subcommand_from purge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -f -a "create" -d 'Keep a filter that routes events to plugins, or tags them'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -f -a "list" -d 'List the filters that the daemon keeps'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -f -a "ls" -d 'List the filters that the daemon keeps'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -f -a "show" -d 'Show a filter that the daemon keeps'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -f -a "test" -d 'Try a filter on stored events: how many it matches, and why one event does not'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -f -a "remove" -d 'Give a filter up'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and not __fish_seen_subcommand_from create list ls show test remove rm" -f -a "rm" -d 'Give a filter up'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l to -d 'Plugins that get the events that match' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l action -d 'What is done with events that match: `route` to the plugins of --to (the default where there are some), or `tag=KEY:VALUE`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l since -d 'Accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l event -d 'Only this event, and why it does not match' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand filter; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "start" -d 'Start a job that delivers stored events again'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "list" -d 'List replay jobs, the newest first'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "ls" -d 'List replay jobs, the newest first'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "show" -d 'Show a replay job, or the result of each of its items'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "watch" -d 'Follow a replay job to its end'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "pause" -d 'Pause a replay job'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "resume" -d 'Resume a replay job that was paused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and not __fish_seen_subcommand_from start list ls show watch pause resume cancel" -f -a "cancel" -d 'Cancel a replay job'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l status -d 'Only deliveries in this state, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l topic -d 'Only events of these topics; quote the pattern' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l filter -d 'Only events that match this filter, such as \'data.duration > 5\'; see `panotti help filters`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l plugin -d 'Only deliveries to this plugin, and their events' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l error -d 'Only failed deliveries of this group of errors; `panotti event errors` shows the fingerprints' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l correlation -d 'Only events of this story: its correlation id' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l since -d 'Accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l until -l before -d 'Accepted before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l to -d 'Deliver to this subscription instead, also where it never had the events: `PLUGIN/NAME`, or `PLUGIN` for all of it; may be given several times' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l rate -d 'Deliveries started a second; `max` is without a limit' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l name -d 'A name for the job, for example of the incident' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l confirm-above -d 'Ask, or refuse where nobody can be asked, when more deliveries than this are planned' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l failed -d 'Only failed deliveries: dead or quarantined; and their events'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l all -d 'Everything stored'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l include-quarantined -d 'Also deliveries that crashed their plugin three times; each is run alone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l dry-run -d 'Show the plan and start nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l attach -d 'Stay until the job has ended'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l state -d 'Only jobs in this state: running, paused, done, partial, failed, cancelled' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l state -d 'Only jobs in this state: running, paused, done, partial, failed, cancelled' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l items -d 'List every item with its result'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l failed-items -d 'List the items that failed'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand replay; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "list" -d 'List plugins, how they are doing, and what waits for them'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "ls" -d 'List plugins, how they are doing, and what waits for them'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "show" -d 'Show a plugin: its state, its subscriptions, its last changes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "info" -d 'Show a plugin: its state, its subscriptions, its last changes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "enable" -d 'Enable plugins, and wait until they run'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "disable" -d 'Disable plugins'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "validate" -d 'Check a plugin\'s folder'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "logs" -d 'Show what a plugin said'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "config" -d 'A plugin\'s configuration'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and not __fish_seen_subcommand_from list ls show info enable disable validate logs config state" -f -a "state" -d 'A plugin\'s durable state'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l state -d 'Only plugins in this state, for example `running`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l unhealthy -d 'Only plugins that should run and do not, or are degraded'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l state -d 'Only plugins in this state, for example `running`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l unhealthy -d 'Only plugins that should run and do not, or are degraded'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l history -d 'Every change of its state that is kept, not only the last three'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l history -d 'Every change of its state that is kept, not only the last three'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from info" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l wait -d 'How long to wait until they run; 0 does not wait' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l hold -d 'Keep what arrives meanwhile, and deliver it when they are enabled again'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l skip -d 'Record what arrives meanwhile as skipped; it can be replayed later'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -s n -l lines -d 'The newest so many lines' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l event -d 'Only lines of this event' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Stay and show new lines as they come'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -f -a "get" -d 'Show a plugin\'s configuration, or one key of it'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from config" -f -a "set" -d 'Set one key of a plugin\'s configuration'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -f -a "get" -d 'Show the value of one key of a plugin\'s state'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -f -a "set" -d 'Set one key of a plugin\'s state to a JSON value'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -f -a "list" -d 'List the keys of a plugin\'s state with their values'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -f -a "ls" -d 'List the keys of a plugin\'s state with their values'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -f -a "delete" -d 'Delete one key of a plugin\'s state'
complete -c panotti -n "__fish_panotti_using_subcommand plugin; and __fish_seen_subcommand_from state" -f -a "rm" -d 'Delete one key of a plugin\'s state'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -f -a "list" -d 'List subscriptions: how far behind each is, how fast it goes, how it stands'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -f -a "ls" -d 'List subscriptions: how far behind each is, how fast it goes, how it stands'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and not __fish_seen_subcommand_from list ls show" -f -a "show" -d 'Show a subscription: what it asks for, how far behind it is, how it stands'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l plugin -d 'Only those of this plugin' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l state -d 'Only those in this state: active, held, skipped, removed, stalled' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l plugin -d 'Only those of this plugin' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l state -d 'Only those in this state: active, held, skipped, removed, stalled' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand subscription; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -f -a "list" -d 'List the topics that events were published to'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -f -a "ls" -d 'List the topics that events were published to'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -f -a "show" -d 'Show a topic: who publishes to it, who gets it, how much'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and not __fish_seen_subcommand_from list ls show route" -f -a "route" -d 'Tell who would get an event of a topic now, and why the others would not'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand topic; and __fish_seen_subcommand_from route" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "list" -d 'List the schemas in force'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "ls" -d 'List the schemas in force'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "show" -d 'Show the schema of a topic, with all its versions'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "create" -d 'Give a topic a schema, or a new version of it, in force from then on'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "check" -d 'Tell whether a schema could be the next version of a topic\'s, and what it would break'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "validate" -d 'Tell whether a payload fits the schema of a topic, and where it does not'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "infer" -d 'Make a schema that describes the newest events of a topic'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "set" -d 'Set what a topic\'s schema does to an event that does not fit'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "remove" -d 'Check the events of a topic no longer'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and not __fish_seen_subcommand_from list ls show create check validate infer set remove rm" -f -a "rm" -d 'Check the events of a topic no longer'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l raw -d 'Only the schema, as it was written'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l mode -d 'What it does to an event that does not fit: `off`, `warn` (accept it and say so) or `enforce` (refuse it)' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l compat -d 'What it must keep: `backward` (what was valid stays valid, the default), `full` (also what is valid now was valid before) or `none`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l dry-run -d 'Only say what would happen'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l compat -d 'What must be kept: `backward` (the default), `full` or `none`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l against -d 'Compare with this version; default: the one in force' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l from -d 'How many of the newest events are looked at' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l since -d 'Accepted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from infer" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l mode -d '`off`, `warn` (accept it and say so) or `enforce` (refuse it)' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand schema; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -f -a "init" -d 'Make the recovery identity, which opens sealed payloads when the daemon\'s keys are lost'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -f -a "show" -d 'Show what is sealed, and who can open it'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -f -a "rotate" -d 'Give the daemon a new identity, and wrap every data key to it'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and not __fish_seen_subcommand_from init show rotate check" -f -a "check" -d 'Read every stored event and hold it against its tag'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l recipient -d 'The recipient of an identity that was made elsewhere' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l wait -d 'How long to wait until every data key is wrapped to it' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l replace -d 'Replace the recovery recipient that there is: what it opens now it will not open any more'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l wait -d 'How long to wait until every key is wrapped anew' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand seal; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "create" -d 'Make an API key'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "list" -d 'List the API keys'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "ls" -d 'List the API keys'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "show" -d 'Show a key: what it may do, from where, until when'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "rotate" -d 'Give a key a new secret'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "revoke" -d 'End a key at once'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "rm" -d 'End a key at once'
complete -c panotti -n "__fish_panotti_using_subcommand key; and not __fish_seen_subcommand_from create list ls show rotate revoke rm whoami" -f -a "whoami" -d 'Show as whom the daemon knows you, and what you may do'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l role -d 'Its role: admin, auditor, developer, operator, publisher, viewer, or one of your own' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l scope -d 'Only these permissions of the role, such as `publish:events:recording.*`; quote them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l expires -d 'How long it lasts: 90 days where nothing is said, 366 days at most' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l cidr -d 'Networks it may be used from; everywhere where none is named' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l label -d 'A line for people: whose it is, what for' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l out -d 'Write the key into this new file of mode 0600 instead of showing it' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l unused -d 'Only those in force that nobody has used for so long' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l expiring -d 'Only those in force that are over within this time' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l unused -d 'Only those in force that nobody has used for so long' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l expiring -d 'Only those in force that are over within this time' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l overlap -d 'How long the old secret stays in force' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l expires -d 'How long the new one lasts: 90 days where nothing is said, 366 days at most' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l out -d 'Write the key into this new file of mode 0600 instead of showing it' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand key; and __fish_seen_subcommand_from whoami" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "list" -d 'List the roles: those that come with Panotti and your own'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "ls" -d 'List the roles: those that come with Panotti and your own'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "show" -d 'Show a role: what it allows and denies'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "create" -d 'Make a role'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "set" -d 'Change what a role of your own allows and denies'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "remove" -d 'Remove a role of your own that no key in force has'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "rm" -d 'Remove a role of your own that no key in force has'
complete -c panotti -n "__fish_panotti_using_subcommand role; and not __fish_seen_subcommand_from list ls show create set remove rm check" -f -a "check" -d 'Say whether a key, a role or a local user may do something, and which permission decides'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l allow -d 'What it allows, such as `read:events:team.>`; quote it' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l deny -d 'What it takes away' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l from -d 'Begin with what this role allows and denies now' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l allow -d 'What it allows' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l deny -d 'What it takes away' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l from -d 'Begin with what this role allows and denies now' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l reason -d 'Why; stored in the audit' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand role; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -f -a "get" -d 'Show one setting, or all of them'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -f -a "list" -d 'List all settings with their values and where each comes from'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -f -a "ls" -d 'List all settings with their values and where each comes from'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -f -a "validate" -d 'Check the configuration'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -f -a "path" -d 'List where everything is: configuration, data, socket, logs, plugins'
complete -c panotti -n "__fish_panotti_using_subcommand config; and not __fish_seen_subcommand_from get list ls validate path secret" -f -a "secret" -d 'Values that plugins need and nobody else may see'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l origin -d 'Show where the value comes from too'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l effective -d 'Ask the running daemon what it has in force'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l effective -d 'Ask the running daemon what it has in force'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l effective -d 'Ask the running daemon what it has in force'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -f -a "set" -d 'Set a secret: from standard input, or typed without being shown'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -f -a "list" -d 'List the secrets, without their values'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -f -a "ls" -d 'List the secrets, without their values'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -f -a "remove" -d 'Remove a secret'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -f -a "rm" -d 'Remove a secret'
complete -c panotti -n "__fish_panotti_using_subcommand config; and __fish_seen_subcommand_from secret" -f -a "rotate" -d 'Make a new key and seal all secrets with it'
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l strict -d 'Let warnings fail too'
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -f -a "list" -d 'List who did what, the newest first'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -f -a "ls" -d 'List who did what, the newest first'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -f -a "tail" -d 'Show the newest records of the audit, and new ones as they come'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -f -a "export" -d 'Write the audit as JSON lines that can be verified anywhere'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and not __fish_seen_subcommand_from list ls tail export verify" -f -a "verify" -d 'Verify that no record of the audit was changed, removed, added in between or reordered'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l actor -d 'Only by this principal, for example `user:ana`; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l action -d 'Only this action, for example \'plugin.*\'; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l object -d 'Only about this; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l decision -d 'Only what was `allowed`, or only what was `denied`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l since -d 'Since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l until -l before -d 'Before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l oldest-first -d 'The oldest first'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l actor -d 'Only by this principal, for example `user:ana`; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l action -d 'Only this action, for example \'plugin.*\'; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l object -d 'Only about this; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l decision -d 'Only what was `allowed`, or only what was `denied`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l since -d 'Since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l until -l before -d 'Before then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l limit -d 'At most so many rows' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l oldest-first -d 'The oldest first'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l all -d 'All rows, however many'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leave the line with the column names out'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l actor -d 'Only by this principal, for example `user:ana`; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l action -d 'Only this action, for example \'plugin.*\'; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l object -d 'Only about this; `*` stands for any text' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l decision -d 'Only what was `allowed`, or only what was `denied`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -s n -l lines -d 'The newest so many records' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -s f -l follow -d 'Stay and show new records as they come'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from tail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l since -d 'From the first record since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l after -d 'Only records after this number: those that an earlier export does not have' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l file -d 'An export, as `panotti audit export` writes it; `-` reads standard input' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l checkpoints -d 'A copy of the checkpoints to compare it with' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l key -d 'The public key that must have signed the checkpoints' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand audit; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand health" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand health" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand health" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand health" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand health" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand health" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand health" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand health" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand health" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand health" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand health" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand health" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand health" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l since -d 'Counted since then: a time, or so long ago' -r
complete -c panotti -n "__fish_panotti_using_subcommand slo" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand slo" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand slo" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand slo" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand slo" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand slo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand completion" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand completion" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand completion" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand completion" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand completion" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand explain" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand explain" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand explain" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand explain" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand explain" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand version" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand version" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand version" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand version" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand version" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand version" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand version" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand version" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand version" -l check -d 'Ask the daemon too'
complete -c panotti -n "__fish_panotti_using_subcommand version" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand version" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand version" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand version" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand version" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand help" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand help" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand help" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand help" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand help" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand help" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand help" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand help" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand help" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand help" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand help" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand help" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c panotti -n "__fish_panotti_using_subcommand emit" -s o -l output -d 'Form of the output' -r -f -a "table\t'For reading; tab separated where it goes into a pipe'
wide\t'A table with more columns'
json\t'One JSON document; lists are arrays'
jsonl\t'One JSON document a line'
yaml\t'YAML'
csv\t'Comma-separated values'
id\t'Ids only, one a line'"
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l fields -d 'Only these fields, in this order, separated by commas; `?` lists them' -r
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l time -d 'How tables show times' -r -f -a "relative\t'`2m`, `in 8s`'
iso\t'`2026-11-22T10:04:11.204Z`'
unix\t'Seconds since 1970'"
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l socket -d 'The daemon\'s socket [env: PANOTTI_SOCKET]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l data -d 'The data folder; everything of its daemon is in it [env: PANOTTI_DATA]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l config -d 'The configuration file [env: PANOTTI_CONFIG]' -r -F
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l timeout -d 'Give the whole command this long, for example `30s`' -r
complete -c panotti -n "__fish_panotti_using_subcommand emit" -s q -l quiet -d 'Lists: ids only. Actions: nothing'
complete -c panotti -n "__fish_panotti_using_subcommand emit" -s v -l verbose -d 'Name the socket on stderr; twice, show each request to the daemon'
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l utc -d 'Times of style `iso` in UTC instead of the local zone'
complete -c panotti -n "__fish_panotti_using_subcommand emit" -s y -l yes -d 'Answer every question with yes'
complete -c panotti -n "__fish_panotti_using_subcommand emit" -l no-input -d 'Never ask; what needs an answer is refused'
complete -c panotti -n "__fish_panotti_using_subcommand emit" -s h -l help -d 'Print help (see more with \'--help\')'
