// The interface of record, as it is read from objects, and the table of what is carried out.
#include "fakes/adaptor_fixture.h"

#include "dbus/bus_methods.h"

#include <set>

namespace dosvc {
namespace {

constexpr uid_t kAda = 1000;
constexpr uid_t kBob = 1001;

class Introspection : public AdaptorFixture {
 protected:
  std::string introspect(BusPeer& peer, const std::string& path) {
    return call(peer, path, standard_calls::kIntrospectable, "Introspect").text();
  }
};

TEST_F(Introspection, is_the_interface_of_record_and_shows_the_callers_jobs) {
  BusPeer& ada = connect(kAda);
  BusPeer& bob = connect(kBob);
  BusPeer& root = connect(0);
  const std::string path = new_job(ada);
  const std::string name = path.substr(path.rfind('/') + 1);
  EXPECT_NE(introspect(ada, "/").find("<node name=\"org\"/>"), std::string::npos);
  EXPECT_NE(introspect(ada, "/org").find("<node name=\"dosvc1\"/>"), std::string::npos);
  const std::string manager_text = introspect(ada, wire::kManagerPath);
  EXPECT_NE(manager_text.find("name=\"ListJobs\""), std::string::npos);
  EXPECT_NE(manager_text.find("<node name=\"job\"/>"), std::string::npos);
  EXPECT_EQ(manager_text.find("name=\"SetListener\""), std::string::npos);
  EXPECT_NE(introspect(ada, path).find("name=\"SetListener\""), std::string::npos);
  EXPECT_NE(introspect(ada, wire::kJobsPath).find(name), std::string::npos);
  EXPECT_EQ(introspect(bob, wire::kJobsPath).find(name), std::string::npos);
  EXPECT_NE(introspect(root, wire::kJobsPath).find(name), std::string::npos);
  EXPECT_TRUE(authority.questions.empty());
  EXPECT_TRUE(call(ada, wire::path_of(Uuid::random()), standard_calls::kIntrospectable, "Introspect").has("x80200001"));
}

// The text of each element of this name, which has no others of its name within.
std::vector<std::string> elements(const std::string& text, const std::string& name) {
  std::vector<std::string> found;
  for (std::size_t at = text.find("<" + name + " "); at != std::string::npos;
       at = text.find("<" + name + " ", at + 1)) {
    const std::size_t tag_end = text.find('>', at);
    const bool empty = text[tag_end - 1] == '/';
    found.push_back(text.substr(at, (empty ? tag_end : text.find("</" + name + ">", at)) - at));
  }
  return found;
}
std::string attribute(const std::string& element, const std::string& name) {
  const auto at = element.find(" " + name + "=\"");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 3;
  return element.substr(from, element.find('"', from) - from);
}

TEST_F(Introspection, the_table_of_methods_and_the_interface_of_record_agree) {
  BusPeer& ada = connect(kAda);
  std::set<std::string> recorded, known;
  for (const std::string& path : {std::string(wire::kManagerPath), new_job(ada)}) {
    for (const std::string& interface : elements(introspect(ada, path), "interface")) {
      const std::string name = attribute(interface, "name");
      if (name == standard_calls::kPeer) continue;
      for (const std::string& method : elements(interface, "method")) {
        std::string takes;
        for (const std::string& arg : elements(method, "arg")) {
          if (attribute(arg, "direction") != "out") takes += attribute(arg, "type");
        }
        recorded.insert(name + "." + attribute(method, "name") + "(" + takes + ")");
      }
    }
  }
  for (const BusMethod& each : bus_methods()) {
    known.insert(std::string(each.interface) + "." + std::string(each.member) + "(" + each.takes + ")");
  }
  EXPECT_EQ(recorded, known);
}

}  // namespace
}  // namespace dosvc
