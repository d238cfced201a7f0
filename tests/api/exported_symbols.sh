#!/bin/sh
# exported_symbols.sh LIBRARY HEADERS: a program sees of the library exactly the functions that the public headers declare
# with DOSVC_API, and no other symbol but the ids.
set -eu

declared=$(sed -n 's/^DOSVC_API .*[ *]\([A-Za-z]*\)(.*/\1/p' "$2"/*.h | sort)
seen=$(nm -D --defined-only "$1" | awk '{ print $NF }' | sort)
functions=$(printf '%s\n' "$seen" | grep -vE '^(IID_I|CLSID_)[A-Za-z0-9_]+$|^GUID_NULL$' || true)

[ "$declared" != "" ] || { echo "no function is declared with DOSVC_API: is $2 the folder of the headers?"; exit 1; }
[ "$declared" = "$functions" ] && exit 0
printf 'declared and not exported, or exported and not declared:\n'
{ printf '%s\n' "$declared"; printf '%s\n' "$functions"; } | sort | uniq -u
exit 1
