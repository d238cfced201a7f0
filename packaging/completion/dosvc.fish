# Completion of dosvc's command line for fish.

set -l commands get add list show files wait suspend resume cancel complete monitor service hash
set -l made '__fish_seen_subcommand_from get add'
set -l waits '__fish_seen_subcommand_from get wait'
set -l lists '__fish_seen_subcommand_from list monitor'

function __dosvc_ids
    dosvc list -q 2>/dev/null | awk 'NR > 1 { id = $1; sub(/^[^ ]+ +/, ""); print id "\t" $0 }'
end

complete -c dosvc -f
complete -c dosvc -n "not __fish_seen_subcommand_from $commands" -a "$commands"
complete -c dosvc -n "__fish_seen_subcommand_from show files wait suspend resume cancel complete" -a "(__dosvc_ids)"
complete -c dosvc -n "__fish_seen_subcommand_from service" -a "status start stop"
complete -c dosvc -n "__fish_seen_subcommand_from hash" -F
complete -c dosvc -s h -l help -d "what a command understands"
complete -c dosvc -n "not __fish_seen_subcommand_from $commands" -s V -l version -d "the version"
complete -c dosvc -l json -d "one JSON document on standard output"
complete -c dosvc -s q -l quiet -d "nothing but errors and what was asked for"
complete -c dosvc -s s -l silent -d "nothing but errors and what was asked for"
complete -c dosvc -s v -l verbose -d "which service is used"
complete -c dosvc -n "$made; or __fish_seen_subcommand_from hash" -s o -l output -rF -d "where to"
complete -c dosvc -n $made -s O -l remote-name -d "named as the URL is"
complete -c dosvc -n $made -l sha256 -x -d "what the content must hash to"
complete -c dosvc -n $made -s H -l header -x -d "sent with every request"
complete -c dosvc -n $made -s u -l user -x -d "name and password for the server"
complete -c dosvc -n $made -s x -l proxy -x -d "in place of the environment's"
complete -c dosvc -n $made -l cacert -rF -d "trusted certificates"
complete -c dosvc -n $made -l priority -x -a "foreground high normal low"
complete -c dosvc -n $made -l name -x -d "what lists call the job"
complete -c dosvc -n $made -s L -l location -d "always so"
complete -c dosvc -n $made -s f -l fail -d "always so"
complete -c dosvc -n $made -s S -l show-error -d "always so"
complete -c dosvc -n $waits -l max-wait -x -d "give up after this time"
complete -c dosvc -n "__fish_seen_subcommand_from wait" -l no-complete -d "leave the files to complete"
complete -c dosvc -n $lists -s a -l all -d "the jobs of all users"
complete -c dosvc -n "__fish_seen_subcommand_from hash" -l piece-size -x -d "in bytes"
