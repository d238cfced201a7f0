#!/bin/sh
# page.sh FOLDER PAGE [--update]: whether PAGE is what org.dosvc1.xml in FOLDER says; with --update it is made so.
set -eu
made=$(mktemp)
trap 'rm -f "$made"' EXIT
awk -f "$1/page.awk" "$1/org.dosvc1.xml" > "$made"
if [ "${3-}" = --update ]; then
  cp "$made" "$2"
elif ! diff -u "$2" "$made"; then
  echo "$2 is not what org.dosvc1.xml says: run \`ninja update_dbus_doc\`" >&2
  exit 1
fi
