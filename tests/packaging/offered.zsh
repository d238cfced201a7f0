# offered.zsh FOLDER LINE…: what zsh offers behind each of these beginnings of a command line, with FOLDER's completion; one a
# line, behind the number of the beginning, from 1 on, and a tab.
zmodload zsh/zpty
work=$(mktemp -d)
cat >$work/rc <<END
PS1= PS2= RPS1= LISTMAX=10000 LINES=200
unset zle_bracketed_paste
fpath=(${(q)1} \$fpath)
autoload -Uz compinit
compinit -u -D
compadd() {
  local -a offered
  builtin compadd -O offered "\$@"
  (( \$#offered )) && print -rl -- "<"\${^offered} >>$work/offered
  builtin compadd "\$@"
}
offer() {
  zle complete-word
  print finished >>$work/offered
}
zle -N offer
bindkey '^I' offer
: >$work/offered
print rea''dy
END
zpty shell zsh -f -i
zpty -w shell "source $work/rc"
zpty -r -m shell seen '*ready*'
number=0
for line in "${@[2,-1]}"; do
  zpty -w -n shell $'\x15'"$line"$'\t'
  # It stops where nobody reads what it shows.
  until grep -q finished $work/offered; do zpty -r -t shell seen || sleep 0.02; done
  sed -n "s/^</$((++number))\t/p" $work/offered
  : >$work/offered
done
zpty -d shell
rm -rf $work
