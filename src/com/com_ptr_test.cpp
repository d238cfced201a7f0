#include <dosvc/com.h>

#include <gtest/gtest.h>

using dosvc::com_ptr;

namespace {

struct INamed : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE Name() = 0;
};

}  // namespace

DOSVC_INTERFACE_ID(INamed, IUnknown, "8E4B6D0C-5F8A-4E25-9A3C-0B7B5C1D2E3F")

namespace {

// Lives on the stack and counts; never deletes itself.
class Counted final : public INamed {
 public:
  ULONG references = 1;

  STDMETHODIMP QueryInterface(REFIID riid, void** out) override {
    *out = nullptr;
    if (riid != IID_INamed && riid != IID_IUnknown) return E_NOINTERFACE;
    *out = this;
    AddRef();
    return S_OK;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return ++references; }
  STDMETHODIMP_(ULONG) Release() override { return --references; }
  STDMETHODIMP Name() override { return S_OK; }
};

TEST(ComPtr, adds_a_reference_to_what_it_borrows_and_gives_it_back) {
  Counted object;
  {
    const com_ptr<INamed> pointer(&object);
    EXPECT_EQ(object.references, 2u);
    EXPECT_EQ(pointer->Name(), S_OK);
  }
  EXPECT_EQ(object.references, 1u);
}

TEST(ComPtr, takes_over_what_is_attached_and_hands_over_what_is_detached) {
  Counted object;
  com_ptr<INamed> pointer;
  pointer.attach(&object);
  EXPECT_EQ(object.references, 1u);
  EXPECT_EQ(pointer.detach(), &object);
  EXPECT_EQ(object.references, 1u);
  EXPECT_FALSE(pointer);
}

TEST(ComPtr, copies_count_and_moves_do_not) {
  Counted object;
  com_ptr<INamed> first(&object);
  com_ptr<INamed> second = first;
  EXPECT_EQ(object.references, 3u);
  const com_ptr<INamed> third = std::move(first);
  EXPECT_EQ(object.references, 3u);
  EXPECT_FALSE(first);
  second = third;
  EXPECT_EQ(object.references, 3u);
  second = nullptr;
  EXPECT_EQ(object.references, 2u);
}

TEST(ComPtr, survives_assignment_to_itself) {
  Counted object;
  com_ptr<INamed> pointer(&object);
  com_ptr<INamed>& same = pointer;
  pointer = same;
  EXPECT_EQ(pointer.get(), &object);
  EXPECT_EQ(object.references, 2u);
  pointer = std::move(same);
  EXPECT_EQ(pointer.get(), &object);
  EXPECT_EQ(object.references, 2u);
}

TEST(ComPtr, releases_before_it_is_filled_again) {
  Counted object;
  com_ptr<INamed> pointer(&object);
  EXPECT_EQ(*pointer.put(), nullptr);
  EXPECT_EQ(object.references, 1u);
}

TEST(ComPtr, finds_other_interfaces) {
  Counted object;
  const com_ptr<INamed> named(&object);
  com_ptr<IUnknown> unknown;
  EXPECT_EQ(named.as(unknown), S_OK);
  EXPECT_EQ(object.references, 3u);
  com_ptr<IEnumUnknown> none;
  EXPECT_EQ(named.as(none), E_NOINTERFACE);
  EXPECT_FALSE(none);
  EXPECT_FALSE(named.try_as<IEnumUnknown>());
  EXPECT_EQ(unknown.try_as<INamed>(), named);
  EXPECT_EQ(object.references, 3u);
}

TEST(ComPtr, without_an_object_finds_nothing) {
  Counted object;
  com_ptr<IUnknown> out(&object);
  EXPECT_EQ(com_ptr<INamed>().as(out), E_POINTER);
  EXPECT_FALSE(out);
  EXPECT_EQ(object.references, 1u);
}

TEST(ComPtr, widens_to_the_interface_it_derives_from) {
  Counted object;
  const com_ptr<INamed> named(&object);
  const com_ptr<IUnknown> copied = named;
  EXPECT_EQ(object.references, 3u);
  const com_ptr<IUnknown> moved = com_ptr<INamed>(&object);
  EXPECT_EQ(object.references, 4u);
}

TEST(ComPtr, gives_out_parameters_a_reference_of_their_own) {
  Counted object;
  const com_ptr<INamed> pointer(&object);
  INamed* out = nullptr;
  pointer.copy_to(&out);
  EXPECT_EQ(out, &object);
  EXPECT_EQ(object.references, 3u);
}

}  // namespace
