#include "dbus/interface_of_record.h"

#include "dbus/codec.h"
#include "dbus/types.h"
#include "dbus/wire.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace dosvc {
namespace {

using Table = std::map<std::string, std::string>;  // names and signatures

// The keys of a structure.
class Keys {
 public:
  template <class T>
  void operator()(const char* name, const T&) {
    all.emplace(name, wire::kSignature<T>);
  }
  void code(const char* name, const HRESULT&) { all.emplace(name, "u"); }
  void bytes(const char* name, const std::string&) { all.emplace(name, "ay"); }

  Table all;
};
template <class T>
Table keys_of() {
  Keys keys;
  const T any{};
  wire::fields(keys, any);
  return keys.all;
}

// The first two columns of the table below the page's heading.
Table documented(const std::string& heading) {
  std::ifstream page(DOSVC_VALUES_PAGE);
  Table table;
  bool here = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("#")) here = line == "### " + heading;
    if (!here || !line.starts_with("| ") || line.starts_with("| key |")) continue;
    std::istringstream words(line);
    std::string bar, key, type;
    words >> bar >> key >> bar >> type;
    EXPECT_TRUE(table.emplace(key, type).second) << key;
  }
  return table;
}

TEST(InterfaceOfRecord, has_its_dictionaries_on_the_page_key_by_key) {
  EXPECT_EQ(documented("NewJob"), keys_of<NewJob>());
  EXPECT_EQ(documented("NewFile"), keys_of<NewFile>());
  EXPECT_EQ(documented("JobChange"), keys_of<JobChange>());
  EXPECT_EQ(documented("FileChange"), keys_of<FileChange>());
  EXPECT_EQ(documented("File"), keys_of<FileSnapshot>());
  EXPECT_EQ(documented("Error"), keys_of<JobError>());
  EXPECT_EQ(documented("Credentials"), keys_of<Credentials>());
  EXPECT_EQ(documented("CertificateChoice"), keys_of<CertificateChoice>());
  EXPECT_EQ(documented("ClientCertificate"), keys_of<ClientCertificate>());
  EXPECT_EQ(documented("Proxy"), keys_of<ProxySettings>());
  EXPECT_EQ(documented("NotifyCommand"), keys_of<NotifyCommand>());
  EXPECT_EQ(documented("Download"), keys_of<DownloadSettings>());
  EXPECT_EQ(documented("Integrity"), keys_of<IntegrityCheck>());
  EXPECT_EQ(documented("Validator"), keys_of<Validator>());
  EXPECT_EQ(documented("Identity"), keys_of<FileIdentity>());
  EXPECT_EQ(documented("Answer"), keys_of<LastAnswer>());
}

std::string attribute(std::string_view element, const std::string& name) {
  const std::string begin = " " + name + "=\"";
  const std::size_t at = element.find(begin);
  if (at == std::string_view::npos) return {};
  const std::string_view value = element.substr(at + begin.size());
  return std::string(value.substr(0, value.find('"')));
}

TEST(InterfaceOfRecord, has_the_properties_of_a_job) {
  const std::string_view all = wire::interface_of_record();
  std::string_view job = all.substr(all.find(std::string("<interface name=\"") + wire::kJob + "\">"));
  job = job.substr(0, job.find("</interface>"));
  Table listed;
  for (std::size_t at = job.find("<property "); at != std::string_view::npos; at = job.find("<property ", at + 1)) {
    const std::string_view element = job.substr(at, job.find('>', at) - at);
    EXPECT_EQ(attribute(element, "access"), "read");
    EXPECT_TRUE(listed.emplace(attribute(element, "name"), attribute(element, "type")).second);
  }
  const auto written = wire::job_properties();
  EXPECT_EQ(listed, Table(written.begin(), written.end()));
}

TEST(InterfaceOfRecord, is_whole_and_without_comments) {
  const std::string_view all = wire::interface_of_record();
  EXPECT_TRUE(all.starts_with("<!DOCTYPE node"));
  EXPECT_NE(all.find("</node>"), std::string_view::npos);
  EXPECT_EQ(all.find("<!--"), std::string_view::npos);
  EXPECT_EQ(all.find("-->"), std::string_view::npos);
  for (const char* name : {wire::kManager, wire::kJob, wire::kCallback}) {
    EXPECT_NE(all.find(std::string("<interface name=\"") + name + "\">"), std::string_view::npos) << name;
  }
}

}  // namespace
}  // namespace dosvc
