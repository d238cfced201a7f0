# One target per folder, linking downwards only: the linker then checks the floors of docs/architecture.md.

set(DOSVC_SANITIZE "" CACHE STRING "Sanitizers for every target, as for -fsanitize= (address,undefined or thread)")

add_library(dosvc_flags INTERFACE)
target_compile_options(dosvc_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
  # Designated initialisers leave out what has a default on purpose.
  -Wno-missing-field-initializers
  # g++ 12 sees overlapping copies in `"text" + std::string()` that aren't there, when it optimises.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<CONFIG:Debug>>>:-Wno-restrict>
  # DO_TRY is a GNU statement expression; see base/result.h.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-statement-expression>)
# A program loads only the libraries it uses: that of the bus needs no OpenSSL.
target_link_options(dosvc_flags INTERFACE -Wl,--as-needed)
target_include_directories(dosvc_flags INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
if(DOSVC_SANITIZE)
  target_compile_options(dosvc_flags INTERFACE -fsanitize=${DOSVC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    # What the sanitizers add makes g++ 12 see uninitialised reads and overruns where there are none; the other builds look
    # for them.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow>)
  target_link_options(dosvc_flags INTERFACE -fsanitize=${DOSVC_SANITIZE})
endif()

# dosvc_library(core  job.cpp range_set.cpp  NEEDS base  USES SQLite::SQLite3)
# NEEDS names other folders of src, USES anything else to link.
function(dosvc_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "NEEDS;USES")
  add_library(dosvc_${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  list(TRANSFORM arg_NEEDS PREPEND dosvc_)
  target_link_libraries(dosvc_${name} PUBLIC dosvc_flags ${arg_NEEDS} PRIVATE ${arg_USES})
endfunction()

# dosvc_tests(core  job_state_test.cpp  NEEDS core  USES …): the executable <name>_test, each of its tests known to CTest.
# ENVIRONMENT NAME=value is set for each. LABELS threaded marks a folder whose tests also run under the thread sanitizer; the target threaded_tests builds those.
add_custom_target(threaded_tests)
function(dosvc_tests name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT;FILTER" "NEEDS;USES;LABELS;ENVIRONMENT")
  if(NOT arg_FILTER)
    set(arg_FILTER "*")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  find_package(GTest REQUIRED)
  add_executable(${name}_test ${arg_UNPARSED_ARGUMENTS})
  list(TRANSFORM arg_NEEDS PREPEND dosvc_)
  target_link_libraries(${name}_test PRIVATE dosvc_flags ${arg_NEEDS} ${arg_USES} GTest::gtest_main)
  # What is optimised under a sanitizer is the product; a test's own code would take twice as long to build.
  target_compile_options(${name}_test PRIVATE $<$<CONFIG:Debug>:-O0>)
  # Read once instead of for every test: a third of a test's compile time.
  target_precompile_headers(${name}_test PRIVATE <gtest/gtest.h> <functional> <map> <memory> <optional> <string> <vector>)
  if("threaded" IN_LIST arg_LABELS)
    add_dependencies(threaded_tests ${name}_test)
  endif()
  dosvc_discover(${name} ${name} ${arg_TIMEOUT} "${arg_LABELS}" "${arg_ENVIRONMENT}" "${arg_FILTER}")
endfunction()

# An empty property would be lost on the way and take its neighbour for its value, so it isn't named.
function(dosvc_discover prefix of timeout labels environment filter)
  include(GoogleTest)
  set(properties TIMEOUT ${timeout})
  if(labels)
    list(APPEND properties LABELS "${labels}")
  endif()
  if(environment)
    list(APPEND properties ENVIRONMENT "${environment}")
  endif()
  gtest_discover_tests(${of}_test TEST_PREFIX "${prefix}." TEST_LIST ${prefix}_list TEST_FILTER "${filter}" DISCOVERY_TIMEOUT 60
    PROPERTIES ${properties})
endfunction()

# dosvc_tests_again(service_conformance  OF conformance  ENVIRONMENT DOSVC_MODE=service): the tests of another target once
# more, under other names and in another environment.
function(dosvc_tests_again name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OF" "ENVIRONMENT")
  dosvc_discover(${name} ${arg_OF} 120 "" "${arg_ENVIRONMENT}" "*")
endfunction()
