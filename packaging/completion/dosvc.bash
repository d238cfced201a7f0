# Completion of dosvc's command line for bash.

_dosvc_reply() { # WORDS BEGINNING
  local IFS=$' \t\n'
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$1" -- "$2"))
}

_dosvc() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' at
  for ((at = 1; at < COMP_CWORD; ++at)); do
    [[ ${COMP_WORDS[at]} == -* ]] || { command=${COMP_WORDS[at]} && break; }
  done
  COMPREPLY=()

  local everywhere='-h --help --json -q --quiet -s --silent -v --verbose'
  if [[ -z $command ]]; then
    if [[ $current == -* ]]; then
      _dosvc_reply "$everywhere -V --version" "$current"
    else
      _dosvc_reply 'get add list show files wait suspend resume cancel complete monitor service hash' "$current"
    fi
    return
  fi

  case $previous in
    -o | --output | --cacert)
      compopt -o default 2>/dev/null
      return
      ;;
    --priority)
      _dosvc_reply 'foreground high normal low' "$current"
      return
      ;;
    -H | --header | -u | --user | -x | --proxy | --sha256 | --name | --max-wait | --piece-size) return ;;
  esac

  local job='-o --output -O --remote-name --sha256 -H --header -u --user -x --proxy --cacert --priority --name
             -L --location -f --fail -S --show-error' options=''
  case $command in
    get) options="$job --max-wait" ;;
    add) options=$job ;;
    wait) options='--max-wait --no-complete' ;;
    list | monitor) options='-a --all' ;;
    hash) options='-o --output --piece-size' ;;
  esac
  if [[ $current == -* ]]; then
    _dosvc_reply "$options $everywhere" "$current"
    return
  fi
  case $command in
    show | files | wait | suspend | resume | cancel | complete)
      _dosvc_reply "$(dosvc list -q 2>/dev/null | awk 'NR > 1 { print $1 }')" "$current"
      ;;
    service) [[ $previous == service ]] && _dosvc_reply 'status start stop' "$current" ;;
    hash) compopt -o default 2>/dev/null ;;
  esac
}

complete -F _dosvc dosvc
