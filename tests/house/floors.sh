#!/bin/sh
# floors.sh ROOT: holds every #include below src, include and include-windows of ROOT against the tables below. Prints file, line and
# the broken rule, and fails, when one doesn't keep them.
set -eu
cd "$1"

# What each folder may include besides itself. "include" is the public headers; they stand at the bottom and may
# include each other. "include-windows" is those that only programs see which ask for the Windows names.
floors='
base       include
com        include base
core       include base
engine     include base core
store      include base core engine
transport  include base core engine
files      include base core engine
dbus       include base core
client     include base core dbus
api        include base core com client
cli        include base core client
host       include base core com engine store transport files
service    include base core dbus host
inproc     include base core engine client host
windows    include include-windows
include-windows  include
'

# A library's headers and the only folders that may see them; "tests" are the *_test.cpp of any folder. The folders below
# tests/ that unit tests share stand here as well.
libraries='
sqlite3.h          store
curl/              transport
systemd/           base dbus host service
CLI/               cli service
nlohmann/          api cli core store
openssl/           base files transport
toml++/            service
fmt/               base com core engine store transport files dbus client api cli host service inproc
gtest/             tests
gmock/             tests
fakes/             tests
origin/            tests
'

grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.h' --include='*.cpp' src include include-windows |
  awk -v floors="$floors" -v libraries="$libraries" '
  BEGIN {
    sees["include", "include"] = 1
    n = split(floors, lines, "\n")
    for (i = 1; i <= n; i++) {
      if (split(lines[i], words, " ") == 0) continue
      folder = words[1]
      known[folder] = sees[folder, folder] = 1
      for (j = 2; j in words; j++) { sees[folder, words[j]] = 1; list[folder] = list[folder] " " words[j] }
    }
    n = split(libraries, lines, "\n")
    for (i = 1; i <= n; i++) {
      if (split(lines[i], words, " ") == 0) continue
      library[words[1]] = " "
      for (j = 2; j in words; j++) library[words[1]] = library[words[1]] words[j] " "
    }
  }
  function broken(rule) { print file ":" line ": " rule; failed = 1 }
  {
    split($0, part, ":")
    file = part[1]; line = part[2]
    split(file, path, "/")
    folder = path[1] ~ /^include/ ? path[1] : path[2]
    if (folder != "include" && !(folder in known)) { broken("src/" folder " has no floor yet: add it to the table of floors.sh"); next }

    if (!match($0, /[<"][^>"]*[>"]/)) next          # a macro names it
    quoted = substr($0, RSTART, 1) == "\""
    header = substr($0, RSTART + 1, RLENGTH - 2)

    for (prefix in library) {
      if (index(header, prefix) != 1) continue
      where = library[prefix]
      is_test = file ~ /_test\.cpp$/
      if (!index(where, " " folder " ") && !(is_test && where == " tests "))
        broken(folder " may not include " header ": only" substr(where, 1, length(where) - 1) " may")
      next
    }

    split(header, path, "/")
    target = (path[1] in known) && path[2] != "" ? path[1] : path[1] == "dosvc" ? "include" : path[1] == "dosvc_windows" ? "include-windows" : ""
    if (target == "" && quoted) {
      if (folder == "include") target = "include"
      else {
        broken("\"" header "\" is not a path from src, such as \"core/job.h\" (public headers go in <>)"); next
      }
    }
    if (target != "" && !((folder, target) in sees))
      broken(folder " may not include " header ": it sees only itself and" (list[folder] == "" ? " the standard library" : list[folder]))
  }
  END { exit failed }
'
