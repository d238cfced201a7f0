#!/bin/sh
# floors_can_fail.sh WORKDIR: a tree that breaks each kind of rule once must be refused, each broken line named and no
# other.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$1/floors-sample
rm -rf "$tree"
mkdir -p "$tree/src/base" "$tree/src/core" "$tree/src/engine" "$tree/src/attic" "$tree/src/api" "$tree/include/dosvc" \
  "$tree/include-windows"

put() { printf '%s\n' "$2" >"$tree/$1"; }
put include/dosvc/com.h '#include "core/job.h"'
put include/bits.h '#include <dosvc/com.h>'
put src/base/loop.h '#include <sqlite3.h>'
put src/core/job.h '#include "engine/engine.h"'
put src/core/retry.cpp '
#include <algorithm>
#  include "retry.h"
#include "base/loop.h"
#include <dosvc/com.h>'
put src/core/retry_test.cpp '#include <gtest/gtest.h>
#include "fakes/fake_loop.h"'
put src/core/clock.cpp '#include "fakes/fake_loop.h"
#include <gtest/gtest.h>'
put src/engine/engine.cpp '#include <api/manager.h>  // "core/job.h"'
put src/api/job.cpp '#include <dosvc_windows/messages.h>'
put include-windows/windows.h '#include <dosvc_windows/types.h>
#include "api/job.h"'
put src/attic/old.cpp '#include <vector>'

expected='include-windows/windows.h:2: include-windows may not include api/job.h
include/dosvc/com.h:1: include may not include core/job.h
src/api/job.cpp:1: api may not include dosvc_windows/messages.h
src/attic/old.cpp:1: src/attic has no floor yet
src/base/loop.h:1: base may not include sqlite3.h
src/core/clock.cpp:1: core may not include fakes/
src/core/clock.cpp:2: core may not include gtest/
src/core/job.h:1: core may not include engine/engine.h
src/core/retry.cpp:3: "retry.h" is not a path from src
src/engine/engine.cpp:1: engine may not include api/manager.h'

status=0
found=$(sh "$here/floors.sh" "$tree") || status=$?
if [ "$status" = 0 ]; then
  echo "a tree full of broken rules was accepted"
  exit 1
fi
found=$(printf '%s\n' "$found" | LC_ALL=C sort)

# Each found line must begin with its expected one, and there must be as many.
printf '%s\n' "$expected" >"$tree/expected"
printf '%s\n' "$found" >"$tree/found"
awk 'NR == FNR { want[NR] = $0; n = NR; next }
     index($0, want[FNR]) != 1 { print "expected: " want[FNR]; print "found:    " $0; bad = 1 }
     END { if (FNR != n) { print n " expected, " FNR " found"; bad = 1 }; exit bad }' "$tree/expected" "$tree/found"

# And what keeps the rules passes.
rm -r "$tree/src" "$tree/include" "$tree/include-windows"
mkdir -p "$tree/src/core" "$tree/include" "$tree/include-windows"
put src/core/job.h '#include "base/loop.h"'
put include/bits.h '#include <stdint.h>'
sh "$here/floors.sh" "$tree"
