#include "api/api_fixture.h"
#include "api/declared.h"

#include <set>

// The rules of IUnknown, for every object and every pair of its interfaces ("IUnknown::QueryInterface": one identity,
// symmetric, transitive), and references that come out even.

namespace dosvc {
namespace {

using Names = std::set<std::string>;

class Identity : public BothViews {
 protected:
  void SetUp() override {
    BothViews::SetUp();
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
  }
  // In ERROR, so that it has an error object.
  com_ptr<IBackgroundCopyJob> job_in_error() {
    const auto ear = make_object<Ear>();
    const auto job = job_for("/missing", ear.get());
    EXPECT_EQ(job->Resume(), S_OK);
    EXPECT_TRUE(ear->wait_for_errors(1));
    EXPECT_EQ(job->SetNotifyInterface(nullptr), S_OK);
    return job;
  }
  static ULONG references(IUnknown& object) {
    object.AddRef();
    return object.Release();
  }

  // Asks each of the object's interfaces for every interface there is.
  void expect_one_object_with(IUnknown& object, const Names& names) {
    const auto all = declared_interfaces(DOSVC_HEADERS);
    com_ptr<IUnknown> identity;
    ASSERT_EQ(object.QueryInterface(IID_PPV_ARGS(identity.put())), S_OK);
    const ULONG before = references(object);
    for (const Interface& from : all) {
      if (names.count(from.name) == 0) continue;
      com_ptr<IUnknown> as_from;
      ASSERT_EQ(identity->QueryInterface(from.id, reinterpret_cast<void**>(as_from.put())), S_OK) << from.name;
      for (const Interface& to : all) {
        com_ptr<IUnknown> as_to, again;
        void* out = &object;
        const HRESULT asked = as_from->QueryInterface(to.id, &out);
        as_to.attach(static_cast<IUnknown*>(out));
        EXPECT_EQ(asked, names.count(to.name) ? S_OK : E_NOINTERFACE) << from.name << " to " << to.name;
        EXPECT_EQ(as_to == nullptr, asked != S_OK) << from.name << " to " << to.name;
        if (!as_to) continue;
        EXPECT_EQ(as_to->QueryInterface(IID_PPV_ARGS(again.put())), S_OK);
        EXPECT_EQ(again.get(), identity.get()) << from.name << " to " << to.name;
      }
      EXPECT_EQ(as_from->QueryInterface(from.id, nullptr), E_POINTER);
    }
    EXPECT_EQ(references(object), before);
  }
};
FOR_BOTH_VIEWS(Identity);

TEST_P(Identity, of_a_job) {
  expect_one_object_with(*new_job(), {"IUnknown", "IBackgroundCopyJob", "IBackgroundCopyJob2", "IBackgroundCopyJob3",
                                      "IBackgroundCopyJob4", "IBackgroundCopyJob5", "IBackgroundCopyJobHttpOptions",
                                      "IBackgroundCopyJobHttpOptions2", "IBackgroundCopyJobHttpOptions3",
                                      "IDeliveryOptimizationJob", "IDeliveryOptimizationJob2"});
}

TEST_P(Identity, of_a_file) {
  const auto job = job_for("/missing");
  expect_one_object_with(
      *first_file(*job),
      {"IUnknown", "IBackgroundCopyFile", "IBackgroundCopyFile2", "IBackgroundCopyFile3", "IBackgroundCopyFile4",
       "IBackgroundCopyFile5", "IBackgroundCopyFile6", "IDeliveryOptimizationFile", "IDeliveryOptimizationFile2"});
}

TEST_P(Identity, of_the_manager) {
  Names names = {"IUnknown", "IBackgroundCopyManager"};
  if (!view().bits()) names.insert("IDOManager");
  expect_one_object_with(*manager, names);
}

TEST_P(Identity, of_the_others) {
  const auto job = job_in_error();
  com_ptr<IEnumBackgroundCopyFiles> files;
  com_ptr<IEnumBackgroundCopyJobs> jobs;
  com_ptr<IBackgroundCopyError> error;
  ASSERT_EQ(job->EnumFiles(files.put()), S_OK);
  ASSERT_EQ(job->GetError(error.put()), S_OK);
  ASSERT_EQ(manager->EnumJobs(0, jobs.put()), S_OK);
  expect_one_object_with(*files, {"IUnknown", "IEnumBackgroundCopyFiles"});
  expect_one_object_with(*jobs, {"IUnknown", "IEnumBackgroundCopyJobs"});
  expect_one_object_with(*error, {"IUnknown", "IBackgroundCopyError"});
}

// What the sanitizer looks for too: whoever gets an object has its one reference.
TEST_P(Identity, references_come_out_even) {
  const auto ear = make_object<Ear>();
  {
    auto job = job_in_error();
    ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
    com_ptr<IEnumBackgroundCopyFiles> files;
    com_ptr<IBackgroundCopyError> error;
    com_ptr<IBackgroundCopyFile> of_error, file = first_file(*job);
    com_ptr<IBackgroundCopyManager> manager_again;
    ASSERT_EQ(job->EnumFiles(files.put()), S_OK);
    ASSERT_EQ(job->GetError(error.put()), S_OK);
    ASSERT_EQ(error->GetFile(of_error.put()), S_OK);
    EXPECT_EQ(of_error.detach()->Release(), 0u);
    EXPECT_EQ(error.detach()->Release(), 0u);
    EXPECT_EQ(files.detach()->Release(), 0u);
    EXPECT_EQ(file.detach()->Release(), 0u);
    com_ptr<IDeliveryOptimizationJob2> by_another_face;
    ASSERT_EQ(job.as(by_another_face), S_OK);
    EXPECT_EQ(by_another_face.detach()->Release(), 1u);
    EXPECT_EQ(job->Cancel(), S_OK);
    EXPECT_EQ(job.detach()->Release(), 0u);
  }
  CoUninitialize();  // waits for the callbacks' end
  EXPECT_EQ(references(*ear), 1u);
  ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
}

}  // namespace
}  // namespace dosvc
