#include <bits.h>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

using dosvc::com_ptr;
using dosvc::make_object;

namespace {

int alive = 0;

class Listener : public dosvc::Object<IBackgroundCopyCallback3, IBackgroundCopyServerCertificateValidationCallback> {
 public:
  Listener() { ++alive; }

  IFACEMETHODIMP JobTransferred(IBackgroundCopyJob*) override { return S_OK; }
  IFACEMETHODIMP JobError(IBackgroundCopyJob*, IBackgroundCopyError*) override { return S_FALSE; }
  IFACEMETHODIMP JobModification(IBackgroundCopyJob*, DWORD) override { return S_OK; }
  IFACEMETHODIMP FileTransferred(IBackgroundCopyJob*, IBackgroundCopyFile*) override { return S_OK; }
  IFACEMETHODIMP FileRangesTransferred(IBackgroundCopyJob*, IBackgroundCopyFile*, DWORD,
                                       const BG_FILE_RANGE*) override {
    return S_OK;
  }
  IFACEMETHODIMP ValidateServerCertificate(IBackgroundCopyJob*, IBackgroundCopyFile*, DWORD, const BYTE*, DWORD, DWORD,
                                           const BYTE*) override {
    return E_ABORT;
  }

 private:
  ~Listener() override { --alive; }
};

TEST(Object, answers_its_interfaces_and_those_they_derive_from) {
  const auto object = make_object<Listener>();
  EXPECT_TRUE(object.try_as<IBackgroundCopyCallback3>());
  EXPECT_TRUE(object.try_as<IBackgroundCopyCallback2>());
  EXPECT_TRUE(object.try_as<IBackgroundCopyServerCertificateValidationCallback>());
  const auto callback = object.try_as<IBackgroundCopyCallback>();
  ASSERT_TRUE(callback);
  EXPECT_EQ(callback->JobError(nullptr, nullptr), S_FALSE);
  const auto certificates = callback.try_as<IBackgroundCopyServerCertificateValidationCallback>();
  ASSERT_TRUE(certificates);
  EXPECT_EQ(certificates->ValidateServerCertificate(nullptr, nullptr, 0, nullptr, 0, 0, nullptr), E_ABORT);
}

TEST(Object, refuses_other_interfaces_and_clears_the_pointer) {
  const auto object = make_object<Listener>();
  void* out = object.get();
  EXPECT_EQ(object->QueryInterface(IID_IBackgroundCopyJob, &out), E_NOINTERFACE);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(object->QueryInterface(IID_IUnknown, nullptr), E_POINTER);
}

TEST(Object, is_one_unknown_however_it_is_asked) {
  const auto object = make_object<Listener>();
  const auto from_first = object.try_as<IBackgroundCopyCallback>().try_as<IUnknown>();
  const auto from_second = object.try_as<IBackgroundCopyServerCertificateValidationCallback>().try_as<IUnknown>();
  ASSERT_TRUE(from_first);
  EXPECT_EQ(from_first, from_second);
}

TEST(Object, counts_from_one_and_ends_with_the_last_reference) {
  auto* const object = new Listener;
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(object->AddRef(), 2u);
  EXPECT_EQ(object->Release(), 1u);
  EXPECT_EQ(alive, 1);
  EXPECT_EQ(object->Release(), 0u);
  EXPECT_EQ(alive, 0);
}

TEST(Object, ends_through_an_interface_that_is_not_its_first) {
  auto certificates = make_object<Listener>().try_as<IBackgroundCopyServerCertificateValidationCallback>();
  EXPECT_EQ(alive, 1);
  certificates = nullptr;
  EXPECT_EQ(alive, 0);
}

TEST(Object, keeps_count_under_many_threads) {
  {
    const auto object = make_object<Listener>();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&object] {
        for (int n = 0; n < 10'000; ++n) com_ptr<Listener> copy = object;
      });
    for (std::thread& thread : threads) thread.join();
    object->AddRef();
    EXPECT_EQ(object->Release(), 1u);
  }
  EXPECT_EQ(alive, 0);
}

// A method of an interface called through its vtable, as a program compiled elsewhere does it.
TEST(Object, adds_nothing_between_the_slots_of_its_interface) {
  const auto object = make_object<Listener>();
  IBackgroundCopyCallback* const callback = object.get();
  using JobError = HRESULT (*)(IBackgroundCopyCallback*, IBackgroundCopyJob*, IBackgroundCopyError*);
  const auto* const slots = *reinterpret_cast<const JobError* const*>(callback);
  EXPECT_EQ(slots[4](callback, nullptr, nullptr), S_FALSE);
}

}  // namespace
