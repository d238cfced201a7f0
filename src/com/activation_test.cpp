#include "com/apartment.h"
#include "com/class_registry.h"

#include <dosvc/com.h>

#include <gtest/gtest.h>

#include <future>
#include <new>
#include <stdexcept>
#include <thread>

DOSVC_CLASS_ID(Known, "0D5C9A52-7B9B-4E0B-8B1B-6A0C6E2F7A10")
DOSVC_CLASS_ID(Throwing, "0D5C9A52-7B9B-4E0B-8B1B-6A0C6E2F7A11")
DOSVC_CLASS_ID(Unknown, "0D5C9A52-7B9B-4E0B-8B1B-6A0C6E2F7A12")

using dosvc::com_ptr;
using dosvc::register_class;

namespace {

class Nothing final : public dosvc::Object<IUnknown> {};

HRESULT create_nothing(REFIID riid, void** object) {
  return dosvc::make_object<Nothing>()->QueryInterface(riid, object);
}

HRESULT create(REFCLSID clsid, IUnknown** object, IUnknown* outer = nullptr, DWORD context = CLSCTX_LOCAL_SERVER) {
  return CoCreateInstance(clsid, outer, context, IID_PPV_ARGS(object));
}

// Runs on a thread of its own, which has no apartment at first.
template <class Body>
auto on_other_thread(Body body) {
  return std::async(std::launch::async, body).get();
}

int hook_calls = 0;
bool in_apartment_during_hook = true;

class Activation : public testing::Test {
 protected:
  Activation() { register_class(CLSID_Known, create_nothing); }
};

class Apartment : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    dosvc::on_last_uninitialize([] {
      ++hook_calls;
      in_apartment_during_hook = dosvc::in_apartment();
    });
  }
};

TEST_F(Activation, needs_an_apartment) {
  IUnknown* object = reinterpret_cast<IUnknown*>(this);
  EXPECT_EQ(create(CLSID_Known, &object), CO_E_NOTINITIALIZED);
  EXPECT_EQ(object, nullptr);
}

TEST_F(Activation, makes_objects_of_registered_classes) {
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  com_ptr<IUnknown> object;
  EXPECT_EQ(create(CLSID_Known, object.put()), S_OK);
  ASSERT_TRUE(object);
  EXPECT_EQ(object->AddRef(), 2u);
  object->Release();
  EXPECT_EQ(create(CLSID_Known, object.put(), nullptr, CLSCTX_ALL), S_OK);
  EXPECT_EQ(create(CLSID_Known, object.put(), nullptr, CLSCTX_INPROC_SERVER), S_OK);
  CoUninitialize();
}

TEST_F(Activation, says_why_there_is_no_object) {
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  com_ptr<IUnknown> object;
  EXPECT_EQ(create(CLSID_Unknown, object.put()), REGDB_E_CLASSNOTREG);
  EXPECT_EQ(create(CLSID_Known, object.put(), nullptr, CLSCTX_REMOTE_SERVER), REGDB_E_CLASSNOTREG);
  Nothing outer;
  EXPECT_EQ(create(CLSID_Known, object.put(), &outer), CLASS_E_NOAGGREGATION);
  EXPECT_EQ(CoCreateInstance(CLSID_Known, nullptr, CLSCTX_ALL, IID_IUnknown, nullptr), E_POINTER);
  com_ptr<IEnumUnknown> other;
  EXPECT_EQ(CoCreateInstance(CLSID_Known, nullptr, CLSCTX_ALL, IID_PPV_ARGS(other.put())), E_NOINTERFACE);
  EXPECT_FALSE(object);
  CoUninitialize();
}

TEST_F(Activation, takes_the_latest_registration) {
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  register_class(CLSID_Known, [](REFIID, void**) -> HRESULT { return E_ABORT; });
  com_ptr<IUnknown> object;
  EXPECT_EQ(create(CLSID_Known, object.put()), E_ABORT);
  CoUninitialize();
}

TEST_F(Activation, lets_no_exception_through) {
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  com_ptr<IUnknown> object;
  register_class(CLSID_Throwing, [](REFIID, void**) -> HRESULT { throw std::bad_alloc(); });
  EXPECT_EQ(create(CLSID_Throwing, object.put()), E_OUTOFMEMORY);
  register_class(CLSID_Throwing, [](REFIID, void**) -> HRESULT { throw std::runtime_error("unforeseen"); });
  EXPECT_EQ(create(CLSID_Throwing, object.put()), E_UNEXPECTED);
  CoUninitialize();
}

TEST_F(Activation, works_on_a_thread_without_apartment_while_another_has_one) {
  ASSERT_EQ(CoInitialize(nullptr), S_OK);
  const auto create_there = [] {
    com_ptr<IUnknown> object;
    return create(CLSID_Known, object.put());
  };
  EXPECT_EQ(on_other_thread(create_there), S_OK);
  CoUninitialize();
  EXPECT_EQ(on_other_thread(create_there), CO_E_NOTINITIALIZED);
}

TEST_F(Apartment, opens_once_and_counts_the_rest) {
  EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED | COINIT_SPEED_OVER_MEMORY), S_FALSE);
  CoUninitialize();
  EXPECT_TRUE(dosvc::in_apartment());
  CoUninitialize();
  EXPECT_FALSE(dosvc::in_apartment());
}

TEST_F(Apartment, keeps_its_model) {
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  EXPECT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), RPC_E_CHANGED_MODE);
  EXPECT_EQ(on_other_thread([] {
              const HRESULT hr = CoInitialize(nullptr);
              CoUninitialize();
              return hr;
            }),
            S_OK);
  CoUninitialize();
  EXPECT_EQ(CoInitialize(nullptr), S_OK);
  CoUninitialize();
}

TEST_F(Apartment, refuses_unknown_flags) {
  EXPECT_EQ(CoInitializeEx(nullptr, 0x40), E_INVALIDARG);
  EXPECT_EQ(CoInitializeEx(this, COINIT_MULTITHREADED), E_INVALIDARG);
  EXPECT_FALSE(dosvc::in_apartment());
}

TEST_F(Apartment, tells_when_the_last_one_closes) {
  const int before = hook_calls;
  CoUninitialize();  // none open: nothing happens
  ASSERT_EQ(CoInitialize(nullptr), S_OK);
  on_other_thread([] {
    CoInitializeEx(nullptr, COINIT_MULTITHREADED);
    CoUninitialize();
    return 0;
  });
  EXPECT_EQ(hook_calls, before);
  CoUninitialize();
  EXPECT_EQ(hook_calls, before + 1);
  EXPECT_FALSE(in_apartment_during_hook);
  CoUninitialize();
  EXPECT_EQ(hook_calls, before + 1);
}

TEST_F(Apartment, that_is_lent_holds_nothing_open) {
  const int before = hook_calls;
  {
    const dosvc::LentApartment lent;
    EXPECT_TRUE(dosvc::in_apartment());
    EXPECT_FALSE(on_other_thread([] { return dosvc::in_apartment(); }));
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_FALSE);
    CoUninitialize();
    EXPECT_EQ(CoInitialize(nullptr), RPC_E_CHANGED_MODE);
    CoUninitialize();  // one too many, by the callee
  }
  EXPECT_FALSE(dosvc::in_apartment());
  EXPECT_EQ(hook_calls, before);
}

}  // namespace
