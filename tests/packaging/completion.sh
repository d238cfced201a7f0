#!/bin/bash
# completion.sh SOURCE WORKDIR: zsh and fish offer what bash offers, which is held against the program elsewhere.
set -eu
completion=$1/packaging/completion here=$1/tests/packaging work=$2
rm -rf "$work"
mkdir -p "$work/bin"
# In the program's place: a queue with a job.
printf '#!/bin/sh\n[ "$*" = "list -q" ] && printf "ID STATE NAME\\n0123abcd suspended a name: with a colon\\n"\n' >"$work/bin/dosvc"
chmod +x "$work/bin/dosvc"
export PATH=$work/bin:$PATH LC_ALL=C HOME=$work TERM=dumb

by_bash() {
  # shellcheck disable=SC1091
  . "$completion/dosvc.bash"
  read -ra COMP_WORDS <<<"$1"
  case $1 in *' ') COMP_WORDS+=('') ;; esac
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _dosvc
  printf '%s\n' "${COMPREPLY[@]}"
}
# What is offered behind each line, behind its number and a tab.
by_fish() {
  local number=0 line more
  for line; do
    number=$((number + 1))
    # Long options only where it is asked for them.
    more=''
    [[ $line != *' -' ]] || more="complete -C '$line-'"
    fish --no-config -c "source '$completion/dosvc.fish'; complete -C '$line'; $more" | cut -f 1 | sed "s/^/$number\t/"
  done
}
by_zsh() { timeout 100 zsh "$here/offered.zsh" "$completion" "$@"; }

lines=('dosvc ' 'dosvc -' 'dosvc service ' 'dosvc wait ' 'dosvc cancel 01' 'dosvc add --priority ')
for command in $(by_bash 'dosvc '); do lines+=("dosvc $command -"); done

failed=0 skipped=
for shell in fish zsh; do
  if ! command -v "$shell" >/dev/null; then
    echo "SKIPPED: there is no $shell here; ./test installs it on Debian 12"
    skipped=yes
    continue
  fi
  "by_$shell" "${lines[@]}" >"$work/$shell"
  for ((number = 1; number <= ${#lines[@]}; ++number)); do
    line=${lines[number - 1]}
    expected=$(by_bash "$line" | sort -u)
    offered=$(sed -n "s/^$number\t//p" "$work/$shell" | sort -u)
    [ "$offered" = "$expected" ] && continue
    printf '%s offers behind "%s":\n%s\nand should offer:\n%s\n' "$shell" "$line" "$offered" "$expected"
    failed=1
  done
done
[ "$failed" = 0 ] || exit 1
[ -z "$skipped" ] || exit 77
