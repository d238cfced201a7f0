#!/bin/sh
# check.sh SOURCE BUILT WORKDIR: the files that go to systemd, D-Bus and polkit are understood by them. BUILT has the units as
# they are with the service's path in the build tree.
set -eu
source=$1 built=$2 work=$3
rm -rf "$work"
mkdir -p "$work"
skipped=

skip() {
  echo "SKIPPED: $1"
  skipped=yes
}

# The highest exposure that `systemd-analyze security` may find, in tenths. It counts for each thing that the service can't do
# without: root, homes, the network; and a user's own systemd has fewer means.
system_exposure=31
user_exposure=65

if command -v systemd-analyze >/dev/null; then
  for kind in system user; do
    unit=$built/systemd/$kind/dosvc.service
    echo "the $kind unit"
    # It warns of what it doesn't know, and succeeds; nothing else may be said of this unit.
    option=--system
    [ "$kind" = system ] || option=--user
    said=$(XDG_RUNTIME_DIR="$work" systemd-analyze "$option" --man=no verify "$unit" 2>&1) || { echo "$said"; exit 1; }
    if printf '%s\n' "$said" | grep -F "$unit"; then exit 1; fi
    threshold=$system_exposure
    [ "$kind" = system ] || threshold=$user_exposure
    systemd-analyze security --offline=true --threshold="$threshold" --no-pager "$unit" >"$work/exposure" ||
      { cat "$work/exposure"; exit 1; }
    tail -n 1 "$work/exposure"
    # It would take openat2() away from the service, which then follows links of /proc for users (files/directory.cpp).
    if [ "$kind" = system ] && grep -q '^RestrictSUIDSGID=' "$unit"; then exit 1; fi
  done
else
  skip "there is no systemd-analyze here"
fi

if command -v dbus-daemon >/dev/null; then
  echo "the policy of the bus"
  # A bus that can't read its configuration doesn't start.
  cat >"$work/bus.conf" <<EOF
<busconfig>
  <type>system</type>
  <listen>unix:path=$work/bus</listen>
  <policy context="default"><allow user="*"/></policy>
  <include>$source/packaging/dbus/org.dosvc1.conf</include>
</busconfig>
EOF
  bus=$(dbus-daemon --config-file="$work/bus.conf" --fork --nosyslog --print-pid=1)
  kill "$bus"
else
  skip "there is no dbus-daemon here"
fi

echo "the policy of polkit"
if command -v python3 >/dev/null; then
  python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$source/packaging/polkit/org.dosvc1.policy"
else
  skip "there is no python3 here to read it with"
fi

[ -z "$skipped" ] || exit 77
