# page.awk: makes docs/dbus.md of org.dosvc1.xml. Each comment belongs to the element behind it and begins with its name and a
# colon; a line "@argument: …" in it is about an argument. One that begins with "page:" goes to the page as it is. What isn't
# told of, or told of and isn't there, is an error.

function attribute(name,    value) {
  if (!match($0, " " name "=\"[^\"]*\"")) return ""
  value = substr($0, RSTART, RLENGTH)
  sub(/^[^"]*"/, "", value); sub(/"$/, "", value)
  return value
}

function wrong(what) { print FILENAME ":" FNR ": " what > "/dev/stderr"; failed = 1; exit }

# Takes the comment apart, which must be about `name`.
function read_comment(name,    i, line, arg) {
  text = ""; arg = ""
  split("", about)
  if (lines == 0 || index(comment[1], name ":") != 1) wrong(name " has no comment of its own")
  for (i = 1; i <= lines; i++) {
    line = comment[i]
    if (i == 1) { sub(/^[^:]*: */, "", line); if (line == "") continue }
    if (line ~ /^@/) {
      arg = line; sub(/^@/, "", arg); sub(/:.*/, "", arg)
      sub(/^[^:]*: */, "", line)
      about[arg] = line
    } else {
      text = text (text == "" ? "" : "\n") line
    }
  }
  lines = 0
}

function end_of_call(    i, takes, gives, arg) {
  takes = gives = ""
  for (i = 1; i <= args; i++) {
    arg = type[i] " " argument[i]
    if (direction[i] == "out") gives = gives (gives == "" ? "" : ", ") arg
    else takes = takes (takes == "" ? "" : ", ") arg
  }
  print "### " call (kind == "signal" ? " (signal)" : "") "\n\n`" call "(" takes ")" (gives == "" ? "" : " → " gives) "`\n\n" text "\n"
  for (i = 1; i <= args; i++) {
    if (!(argument[i] in about)) wrong(call ": nothing is said about " argument[i])
    print "- `" argument[i] "`: " about[argument[i]]
    delete about[argument[i]]
  }
  for (arg in about) wrong(call " has no argument " arg)
  if (args > 0) print ""
  call = ""
}

BEGIN { print "# org.dosvc1 on D-Bus\n\nMade from `src/dbus/org.dosvc1.xml` by `ninja update_dbus_doc`.\n" }

/<!--/ { in_comment = 1; lines = 0; sub(/.*<!-- */, "") }
in_comment {
  ended = sub(/ *-->.*/, "")
  gsub(/^ +/, "")
  gsub(/\|-/, "|---")
  if (lines > 0 || $0 != "") comment[++lines] = $0
  if (!ended) next
  in_comment = 0
  if (lines > 0 && comment[lines] == "") lines--
  if (comment[1] == "page:") {
    for (i = 2; i <= lines; i++) print comment[i]
    print ""
    lines = 0
  }
  next
}

/<interface / {
  interface = attribute("name"); properties = 0
  read_comment(interface)
  print "## " interface "\n\n" text "\n"
}
/<(method|signal) / {
  call = attribute("name"); args = 0
  kind = /<signal / ? "signal" : "method"
  read_comment(call)
  if (/\/>/) end_of_call()
}
/<arg / { argument[++args] = attribute("name"); type[args] = attribute("type"); direction[args] = attribute("direction") }
/<\/(method|signal)>/ { end_of_call() }
/<property / {
  name = attribute("name")
  read_comment(name)
  if (properties++ == 0) print "### Properties\n\n| name | type | |\n|---|---|---|"
  print "| " name " | `" attribute("type") "` | " text " |"
}
/<\/interface>/ { if (properties > 0) print "" }

END { exit failed }
