#!/bin/sh
# listed.sh ROOT: nothing is silently left out of the build. Every folder of src has a CMakeLists.txt and is named in the
# root's, and every .cpp is named in the CMakeLists.txt nearest above it.
set -eu
cd "$1"
failed=0

broken() {
  printf '%s\n' "$1"
  failed=1
}

# names_in FILE NAME: whether NAME stands in FILE as a word, comments aside.
names_in() { sed 's/#.*//' "$1" | grep -qwF -- "$2"; }

for folder in src/*/; do
  folder=${folder%/}
  [ -n "$(ls "$folder")" ] || continue
  [ -e "$folder/CMakeLists.txt" ] || broken "$folder: has no CMakeLists.txt"
  names_in CMakeLists.txt "${folder#src/}" || broken "$folder: is not named in CMakeLists.txt"
done

sources=$(find . \( -path ./build -o -path ./.git \) -prune -o -name '*.cpp' -print | sed 's|^\./||')
for source in $sources; do
  folder=$(dirname "$source")
  while [ ! -e "$folder/CMakeLists.txt" ]; do folder=$(dirname "$folder"); done
  names_in "$folder/CMakeLists.txt" "${source#"$folder/"}" || broken "$source: is not named in $folder/CMakeLists.txt"
done
exit $failed
