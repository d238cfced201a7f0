#include "com/edge.h"

#include <gtest/gtest.h>

#include <stdexcept>

using dosvc::com_edge;
using dosvc::Error;
using dosvc::ErrorContext;
using dosvc::Result;

namespace {

TEST(ComEdge, says_ok_or_the_code_of_the_error) {
  EXPECT_EQ(com_edge([]() -> Result<void> { return {}; }), S_OK);
  EXPECT_EQ(com_edge([]() -> Result<void> { return Error{BG_E_EMPTY, ErrorContext::none, ""}; }), BG_E_EMPTY);
}

TEST(ComEdge, passes_other_successes_through) {
  EXPECT_EQ(com_edge([]() -> Result<HRESULT> { return S_FALSE; }), S_FALSE);
  EXPECT_EQ(com_edge([]() -> Result<HRESULT> { return Error{BG_E_EMPTY, ErrorContext::none, ""}; }), BG_E_EMPTY);
}

TEST(ComEdge, lets_no_exception_through) {
  EXPECT_EQ(com_edge([]() -> Result<void> { throw std::bad_alloc(); }), E_OUTOFMEMORY);
  EXPECT_EQ(com_edge([]() -> Result<void> { throw std::runtime_error("unforeseen"); }), E_UNEXPECTED);
  EXPECT_EQ(com_edge([]() -> Result<void> { throw 7; }), E_UNEXPECTED);
}

}  // namespace
