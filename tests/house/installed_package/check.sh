#!/bin/sh
# check.sh CMAKE CXX BUILD WORKDIR VERSION ORIGIN README: installs BUILD below WORKDIR, moves it (packages are moved), builds
# and runs a program against it in both ways that are offered, and README's program against the web server ORIGIN.
set -eu
cmake=$1 cxx=$2 build=$3 work=$4 version=$5 origin=$6 readme=$7
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$work"
mkdir -p "$work"

DESTDIR=$work/staged "$cmake" --install "$build" --prefix /usr >"$work/install.log"
mv "$work/staged/usr" "$work/prefix"
libdir=$(dirname "$(find "$work/prefix" -name libdosvc.so)")

soname=$(readlink "$libdir/libdosvc.so")
case $soname in libdosvc.so.[0-9]) ;; *) echo "libdosvc.so points to $soname, not to a versioned name"; exit 1 ;; esac
[ "$(readlink "$libdir/$soname")" = "libdosvc.so.$version" ] || { echo "$soname doesn't point to libdosvc.so.$version"; exit 1; }

echo "by pkg-config"
export PKG_CONFIG_PATH="$libdir/pkgconfig"
[ "$(pkg-config --modversion dosvc)" = "$version" ]
# shellcheck disable=SC2046  # flags are words
"$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Werror "$here/uses_dosvc.cpp" -o "$work/by_pkg_config" $(pkg-config --cflags --libs dosvc)
LD_LIBRARY_PATH=$libdir "$work/by_pkg_config"

says_it_in_windows_words() { [ "$(LD_LIBRARY_PATH=$libdir "$1" grün)" = "grün!" ]; }
echo "the Windows names by pkg-config"
[ "$(pkg-config --modversion dosvc-windows)" = "$version" ]
# shellcheck disable=SC2046
"$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Werror "$here/uses_windows.cpp" -o "$work/windows_by_pkg_config" \
  $(pkg-config --cflags --libs dosvc-windows)
says_it_in_windows_words "$work/windows_by_pkg_config"
if [ -e "$work/prefix/include/windows.h" ] || pkg-config --cflags dosvc | grep -q windows; then
  echo "the Windows names are not in a folder of their own"
  exit 1
fi

echo "by find_package"
"$cmake" -S "$here" -B "$work/by_cmake" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_CXX_STANDARD=20 -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DWANTED_VERSION="$version" >"$work/configure.log"
"$cmake" --build "$work/by_cmake" >"$work/build.log" || { cat "$work/build.log"; exit 1; }
"$work/by_cmake/uses_dosvc"
says_it_in_windows_words "$work/by_cmake/uses_windows"

echo "the examples, each as its first lines say, and with CMake"
examples=$work/prefix/share/doc/dosvc/examples
for example in "$examples"/*.cpp; do
  command=$(sed -n 's|^//   g++ -std=c++20 ||p' "$example")
  [ -n "$command" ] || { echo "$example doesn't say how it is built"; exit 1; }
  (cd "$examples" && eval "\"$cxx\" -std=c++20 -Wall -Wextra -Werror $command")
done
"$cmake" -S "$examples" -B "$work/examples" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/configure.log"
"$cmake" --build "$work/examples" --target jobs >"$work/build.log" || { cat "$work/build.log"; exit 1; }
DOSVC_MODE=inproc DOSVC_STATE_DIR=$work/state "$work/examples/jobs" list

if [ -x "$work/prefix/bin/dosvc" ]; then
  echo "the command line"
  "$work/prefix/bin/dosvc" --version | grep -F "$version"
fi

echo "the program of the README"
awk '/^```cpp/ {inside = 1; next} /^```/ {inside = 0} inside' "$readme" >"$work/fetch.cpp"
# shellcheck disable=SC2046
"$cxx" -std=c++20 -Wall -Wextra -Werror "$work/fetch.cpp" -o "$work/fetch" $(pkg-config --cflags --libs dosvc)
mkfifo "$work/address"
"$origin" --seconds 60 >"$work/address" &
served=$!
trap 'kill "$served" 2>/dev/null || true' EXIT
read -r url <"$work/address"
export DOSVC_MODE=inproc DOSVC_STATE_DIR="$work/state" LD_LIBRARY_PATH="$libdir"
"$work/fetch" "${url%/}/bytes/100000?seed=1" "$work/fetchéd"
[ "$(wc -c <"$work/fetchéd")" = 100000 ]
if "$work/fetch" "${url%/}/status/404" "$work/missing" 2>"$work/said"; then
  echo "a 404 was no error"
  exit 1
fi
grep -F 404 "$work/said"
[ ! -e "$work/missing" ]
