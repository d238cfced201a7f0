#include <dosvc/com.h>

#include <gtest/gtest.h>

#include <array>
#include <cstring>

namespace {

struct IPublished : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Publish() = 0;
};

}  // namespace

DOSVC_INTERFACE_ID(IPublished, IUnknown, "01020304-0506-0708-090A-0B0C0D0E0F10")
DOSVC_CLASS_ID(Publisher, "11020304-0506-0708-090a-0b0c0d0e0f10")

namespace {

TEST(Guid, has_the_layout_of_windows) {
  const std::array<std::uint8_t, 16> expected = {4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16};
  EXPECT_EQ(std::memcmp(&IID_IPublished, expected.data(), expected.size()), 0);
}

TEST(Guid, is_read_in_either_case) {
  static_assert(dosvc::parse_guid("ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB") ==
                dosvc::parse_guid("abcdefab-cdef-abcd-efab-cdefabcdefab"));
}

TEST(Guid, differs_when_any_byte_does) {
  for (std::size_t i = 0; i < sizeof(GUID); ++i) {
    GUID other = IID_IPublished;
    reinterpret_cast<std::uint8_t*>(&other)[i] ^= 1;
    EXPECT_FALSE(other == IID_IPublished) << i;
    EXPECT_FALSE(IsEqualGUID(other, IID_IPublished)) << i;
  }
  EXPECT_TRUE(IsEqualIID(IID_IPublished, __uuidof(IPublished)));
}

TEST(Guid, belongs_to_a_type_and_has_one_address) {
  EXPECT_EQ(&__uuidof(IPublished), &IID_IPublished);
  EXPECT_EQ(&__uuidof(const IPublished*), &IID_IPublished);
  EXPECT_EQ(&__uuidof(Publisher), &CLSID_Publisher);
  EXPECT_EQ(&dosvc::iid_of<IPublished>, &IID_IPublished);
}

TEST(Guid, goes_with_an_out_pointer) {
  const auto id_of_arguments = [](REFIID riid, void** out) {
    *out = nullptr;
    return riid;
  };
  IPublished* object = nullptr;
  EXPECT_EQ(id_of_arguments(IID_PPV_ARGS(&object)), IID_IPublished);
  dosvc::com_ptr<IPublished> pointer;
  EXPECT_EQ(id_of_arguments(IID_PPV_ARGS(pointer.put())), IID_IPublished);
}

}  // namespace
