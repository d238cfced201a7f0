#!/bin/bash
# check.sh PAGE DOSVCD ORIGIN WORKDIR: the programs of PAGE (docs/dbus-clients.md), taken from there and run as its readers run
# them, with a service on a bus of this test's own.
set -eu
page=$1 dosvcd=$2 origin=$3 work=$4
rm -rf "$work"
mkdir -p "$work/run" "$work/home"
cd "$work"
failed=0 skipped='' started=()
trap 'kill "${started[@]}" 2>/dev/null; wait' EXIT

skip() {
  echo "SKIPPED: $1; ./test installs it on Debian 12"
  skipped=yes
}
expect() { # WHAT FOUND WANTED, a pattern
  # shellcheck disable=SC2053
  [[ $2 == $3 ]] && return
  printf '%s: %s\nshould be: %s\n' "$1" "$2" "$3"
  failed=1
}
# block LANGUAGE N: what stands between the fences of that kind for the Nth time.
block() {
  awk -v fence="\`\`\`$1" -v wanted="$2" '
    inside && $0 == "```" { exit }
    inside { print }
    $0 == fence && ++seen == wanted { inside = 1 }' "$page"
}
# wait_for FILE TEXT: until the text stands in it, half a minute at most.
wait_for() {
  timeout 30 sh -c 'until grep -q -- "$2" "$1" 2>/dev/null; do sleep 0.1; done' - "$1" "$2" && return
  printf '"%s" never stood in %s:\n%s\n' "$2" "$1" "$(cat "$1")"
  exit 1
}

cat >bus.conf <<EOF
<busconfig>
  <listen>unix:path=$work/bus</listen>
  <policy context="default"><allow user="*"/><allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/></policy>
</busconfig>
EOF
dbus-daemon --config-file=bus.conf --nofork --nopidfile --print-address >address 2>bus.log &
started+=($!)
wait_for address unix:
export DBUS_SYSTEM_BUS_ADDRESS DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR=$work/run HOME=$work/home
DBUS_SYSTEM_BUS_ADDRESS=$(cat address)
DBUS_SESSION_BUS_ADDRESS=$DBUS_SYSTEM_BUS_ADDRESS
"$origin" --seconds 110 >origin.url &
started+=($!)
DOSVC_LOG=info "$dosvcd" --session --state-directory "$work/state" --config "$work/none.toml" 2>service.log &
service=$!
started+=($service)
wait_for origin.url http:
wait_for service.log 'is ready'
url=$(head -n 1 origin.url)

# downloads WHAT WORD…: the program fetches what is there, and says why it can't what isn't.
downloads() {
  local what=$1
  shift
  expect "$what" "$("$@" "${url}bytes/300000" "$work/$what" 2>&1)" '300000 bytes'
  expect "$what, size" "$(stat -c %s "$what")" 300000
  expect "$what, without a file" "$("$@" "${url}missing" "$work/$what.missing" 2>&1 || echo "code $?")" $'*404*\ncode 1'
}

if pkg-config --exists gio-2.0 2>/dev/null; then
  for n in 1 2; do
    block c $n >client$n.c
    # shellcheck disable=SC2046
    gcc -Wall -Werror client$n.c -o client$n $(pkg-config --cflags --libs gio-2.0)
  done
  ./client2 >followed &
  started+=($!)
  wait_for followed 'following the queue'
  downloads in-c ./client1
  wait_for followed ' transferred 300000$'
else
  skip "there is no GLib here to compile with"
fi

if /usr/bin/python3 -c 'import gi' 2>/dev/null; then
  block python 1 >client.py
  downloads in-python /usr/bin/python3 client.py
else
  skip "there is no PyGObject here"
fi

block sh 1 | sed "s|https://example.com/|${url}bytes/300000|" >client.sh
expect 'in a shell' "$(sh -e client.sh 2>&1)" $'*s "transferred"*'
expect 'in a shell, size' "$(stat -c %s page)" 300000

if command -v gdbus >/dev/null; then
  block sh 2 | sed 's/--system/--session/' >gdbus.sh
  expect gdbus "$(sh gdbus.sh 2>&1)" '(@a(oa{sv}) \[\],)'
else
  skip "there is no gdbus here"
fi

# Without a bus, at the socket of one's own service.
kill $service
wait $service
if /usr/bin/python3 -c 'import gi' 2>/dev/null; then
  DOSVC_LOG=info "$dosvcd" --own --socket "$XDG_RUNTIME_DIR/dosvc/socket" --state-directory "$work/state" --config "$work/none.toml" 2>own.log &
  started+=($!)
  wait_for own.log 'is ready'
  { echo 'from gi.repository import Gio, GLib'; block python 2; echo 'print("answered")'; } >direct.py
  expect 'in Python, without a bus' "$(/usr/bin/python3 direct.py 2>&1)" answered
fi

[ "$failed" = 0 ] || exit 1
[ -z "$skipped" ] || exit 77
