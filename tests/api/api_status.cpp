// api_status PAGE HEADERS [--update]: writes down which methods of the public interfaces work, by asking the library,
// and fails when PAGE, or api.md beside it, says anything else; with --update it rewrites PAGE. HEADERS is
// include/dosvc: interfaces and methods are read from there, so none can be left out. What is exposed is asked for by
// QueryInterface; each method that is said to answer E_NOTIMPL is called.

#include "api/declared.h"
#include "api/ear.h"

#include <deliveryoptimization.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace dosvc {
namespace {

struct Objects {
  bool bits = false;  // the view
  com_ptr<IBackgroundCopyManager> manager;
  com_ptr<IBackgroundCopyJob> job;
  com_ptr<IBackgroundCopyError> error;
  com_ptr<IBackgroundCopyFile> file;
  com_ptr<IDODownload> download;  // of Delivery Optimization alone
  std::vector<com_ptr<IUnknown>> all;
};

enum class Views { both, delivery };

// Methods of exposed interfaces that are wanting, wholly or for some arguments; `call` must answer E_NOTIMPL.
struct Gap {
  const char* method;
  const char* what;  // empty: all of it
  HRESULT (*call)(const Objects&);
  Views views = Views::both;
};
const Gap kGaps[] = {
    {"IBackgroundCopyManager::CreateJob", "uploads",
     [](const Objects& on) {
       GUID id{};
       com_ptr<IBackgroundCopyJob> job;
       return on.manager->CreateJob(L"x", BG_JOB_TYPE_UPLOAD, &id, job.put());
     }},
    {"IBackgroundCopyJob::SetNotifyFlags", "BG_NOTIFY_FILE_RANGES_TRANSFERRED, as documented",
     [](const Objects& on) { return on.job->SetNotifyFlags(BG_NOTIFY_FILE_RANGES_TRANSFERRED); }, Views::delivery},
    {"IBackgroundCopyJob2::GetReplyData", "downloads, as documented",
     [](const Objects& on) {
       BYTE* reply = nullptr;
       UINT64 length = 0;
       return on.job.try_as<IBackgroundCopyJob2>()->GetReplyData(&reply, &length);
     }},
    {"IBackgroundCopyJob2::SetReplyFileName", "downloads",
     [](const Objects& on) { return on.job.try_as<IBackgroundCopyJob2>()->SetReplyFileName(L"/tmp/reply"); }},
    {"IBackgroundCopyJob2::GetReplyFileName", "downloads, as documented",
     [](const Objects& on) {
       LPWSTR name = nullptr;
       return on.job.try_as<IBackgroundCopyJob2>()->GetReplyFileName(&name);
     }},
    {"IBackgroundCopyJob3::SetFileACLFlags", "every flag: rights are copied from SMB servers alone",
     [](const Objects& on) { return on.job.try_as<IBackgroundCopyJob3>()->SetFileACLFlags(BG_COPY_FILE_ALL); }},
    {"IBackgroundCopyJobHttpOptions3::SetServerCertificateValidationInterface", "",
     [](const Objects& on) {
       return on.job.try_as<IBackgroundCopyJobHttpOptions3>()->SetServerCertificateValidationInterface(nullptr);
     }},
    {"IDeliveryOptimizationFile2::GetProperty", "DownloadSinkInterface",
     [](const Objects& on) {
       VARIANT value{};
       return on.file.try_as<IDeliveryOptimizationFile2>()->GetProperty(DOFilePropertyId_DownloadSinkInterface, &value);
     }},
    {"IDeliveryOptimizationFile2::SetProperty", "DecryptionInfo and DownloadSinkInterface",
     [](const Objects& on) {
       const VARIANT value{};
       const auto file = on.file.try_as<IDeliveryOptimizationFile2>();
       const HRESULT sink = file->SetProperty(DOFilePropertyId_DownloadSinkInterface, &value);
       return sink == E_NOTIMPL ? file->SetProperty(DOFilePropertyId_DecryptionInfo, &value) : sink;
     }},
    {"IDODownload::SetProperty", "DecryptionInfo",
     [](const Objects& on) {
       VARIANT value{};
       value.vt = VT_BSTR;
       return on.download->SetProperty(DODownloadProperty_DecryptionInfo, &value);
     }},
};

// Interfaces that the program implements, or single methods of them, and whether they are called.
const std::map<std::string, bool> kCallbacks = {
    {"IBackgroundCopyCallback", true},   {"IBackgroundCopyCallback2", true},
    {"IBackgroundCopyCallback3", true},  {"IBackgroundCopyServerCertificateValidationCallback", false},
    {"IDODownloadStatusCallback", true}, {"ISequentialStream", false},
    {"ISequentialStream::Write", true},  {"IStream", false},
};

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "api_status: " << why << "\n";
  std::exit(1);
}

void must(HRESULT result, const char* what) {
  if (result != S_OK) give_up(std::string(what) + " failed");
}

// One object of each kind, in one view. The job is in ERROR: a loopback port without a server, and no time to wait.
Objects objects_of(const CLSID& clsid, const std::filesystem::path& folder) {
  Objects objects;
  objects.bits = clsid == CLSID_BackgroundCopyManager;
  must(CoCreateInstance(clsid, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(objects.manager.put())), "CoCreateInstance");
  GUID id{};
  must(objects.manager->CreateJob(L"status", BG_JOB_TYPE_DOWNLOAD, &id, objects.job.put()), "CreateJob");
  const std::string name = (folder / "x").string();
  must(objects.job->AddFile(L"http://127.0.0.1:1/x", std::wstring(name.begin(), name.end()).c_str()), "AddFile");
  must(objects.job->SetNoProgressTimeout(0), "SetNoProgressTimeout");
  const auto ear = make_object<Ear>();
  must(objects.job->SetNotifyInterface(ear.get()), "SetNotifyInterface");
  must(objects.job->Resume(), "Resume");
  if (!ear->wait_for_errors(1)) give_up("the job does not fail");
  must(objects.job->GetError(objects.error.put()), "GetError");
  com_ptr<IEnumBackgroundCopyFiles> files;
  com_ptr<IEnumBackgroundCopyJobs> jobs;
  must(objects.job->EnumFiles(files.put()), "EnumFiles");
  must(files->Next(1, objects.file.put(), nullptr), "Next");
  must(objects.manager->EnumJobs(0, jobs.put()), "EnumJobs");
  objects.all = {objects.manager, objects.job, objects.error, files, jobs, objects.file};
  if (const auto downloads = objects.manager.try_as<IDOManager>()) {
    com_ptr<IEnumUnknown> found;
    must(downloads->CreateDownload(objects.download.put()), "CreateDownload");
    must(downloads->EnumDownloads(nullptr, found.put()), "EnumDownloads");
    objects.all.insert(objects.all.end(), {objects.download, found});
  }
  return objects;
}

bool exposed(const Objects& objects, const Interface& what) {
  return std::any_of(objects.all.begin(), objects.all.end(), [&](const com_ptr<IUnknown>& object) {
    com_ptr<IUnknown> answer;
    return object->QueryInterface(what.id, reinterpret_cast<void**>(answer.put())) == S_OK;
  });
}

std::string status_of(const Objects& objects, const Interface& owner, const std::string& method) {
  const std::string full = owner.name + "::" + method;
  for (const std::string& name : {full, owner.name}) {
    if (const auto callback = kCallbacks.find(name); callback != kCallbacks.end())
      return callback->second ? "called" : "not called";
  }
  if (!exposed(objects, owner)) return "interface not exposed";
  for (const Gap& gap : kGaps) {
    if (full != gap.method || (objects.bits && gap.views == Views::delivery)) continue;
    if (gap.call(objects) != E_NOTIMPL) give_up(full + " does not answer E_NOTIMPL: strike it from the list");
    return *gap.what ? std::string("done, but E_NOTIMPL for ") + gap.what : "E_NOTIMPL";
  }
  return "done";
}

constexpr char kHead[] =
    "# What works of the interfaces\n\n"
    "Written by `api_status --update` (tests/api), which asks the library; a test fails when this page is not true. "
    "BITS is "
    "what\nthe classes `BackgroundCopyManager…` give, DO what `DeliveryOptimization` gives. An interface that is not "
    "exposed\nanswers `E_NOINTERFACE`; one that the program implements is called or not.\n";

std::string page_of(const std::vector<Interface>& interfaces, const Objects& bits, const Objects& delivery) {
  std::string page = kHead;
  for (const Interface& one : interfaces) {
    page += "\n## " + one.name + (one.base == "IUnknown" ? "" : " (adds to " + one.base + ")") + "\n\n";
    page += "| method | BITS | DO |\n|---|---|---|\n";
    for (const std::string& method : one.methods)
      page += "| " + method + " | " + status_of(bits, one, method) + " | " + status_of(delivery, one, method) + " |\n";
  }
  return page;
}

// ---- docs/api.md, which people write

// How it calls a status.
std::string word_for(const std::string& status) {
  if (status == "interface not exposed") return "–";
  return status.starts_with("done, but") ? "partly" : status;
}

// Its rows: "Interface::Method" and the two columns of the views.
std::map<std::string, std::string> rows_of(const std::string& text) {
  const std::regex heading(R"(## (I\w+))"), row(R"(\| (\w+) \| ([^|]*) \| ([^|]*) \|[^|]*\|)");
  std::map<std::string, std::string> rows;
  std::string owner;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, heading)) {
      owner = found[1];
    } else if (std::regex_match(line, found, row) && found[1] != "method") {
      rows[owner + "::" + found[1].str()] = found[2].str() + " | " + found[3].str();
    }
  }
  return rows;
}

bool says_the_same(const std::filesystem::path& page, const std::vector<Interface>& interfaces, const Objects& bits,
                   const Objects& delivery) {
  std::map<std::string, std::string> rows = rows_of(content_of(page));
  bool same = true;
  const auto differs = [&](const std::string& method, const std::string& why) {
    std::cerr << page.string() << ": " << method << " " << why << "\n";
    same = false;
  };
  for (const Interface& one : interfaces) {
    for (const std::string& method : one.methods) {
      const std::string full = one.full(method);
      const std::string truth =
          word_for(status_of(bits, one, method)) + " | " + word_for(status_of(delivery, one, method));
      if (rows[full] != truth) differs(full, "should have the columns " + truth);
      rows.erase(full);
    }
  }
  for (const auto& [method, columns] : rows) differs(method, "is declared nowhere");
  return same;
}

int run(const std::filesystem::path& page, const std::filesystem::path& headers, bool update) {
  std::string folder = (std::filesystem::temp_directory_path() / "dosvc-status.XXXXXX").string();
  if (!::mkdtemp(folder.data())) give_up("no temporary folder");
  ::setenv("DOSVC_STATE_DIR", (folder + "/state").c_str(), 1);
  ::setenv("DOSVC_MODE", "inproc", 1);
  for (const char* variable : {"http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(variable);
  must(CoInitializeEx(nullptr, COINIT_MULTITHREADED), "CoInitializeEx");
  const std::vector<Interface> interfaces = declared_interfaces(headers);
  std::string now;
  bool same = false;
  {
    const Objects bits = objects_of(CLSID_BackgroundCopyManager, folder);
    const Objects delivery = objects_of(CLSID_DeliveryOptimization, folder);
    now = page_of(interfaces, bits, delivery);
    same = says_the_same(page.parent_path() / "api.md", interfaces, bits, delivery);
  }
  CoUninitialize();
  std::filesystem::remove_all(folder);
  if (update) std::ofstream(page) << now;
  if (content_of(page) == now) return same ? 0 : 1;
  std::cerr << page.string() << " is out of date: run api_status with --update, and read what changed.\n";
  return 1;
}

}  // namespace
}  // namespace dosvc

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  try {
    return dosvc::run(argv[1], argv[2], argc > 3 && std::string(argv[3]) == "--update");
  } catch (const std::exception& failure) {
    std::cerr << "api_status: " << failure.what() << "\n";
    return 1;
  }
}
