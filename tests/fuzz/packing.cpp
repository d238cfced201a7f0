// Lists as the store keeps them: the first line is one packed list, the rest are texts to be packed, one a line.

#include <string>
#include <vector>

#include "fuzz/input.h"
#include "store/packing.h"

using namespace dosvc;

namespace {

template <class List>
void must_be_exact(const std::optional<List>& list, std::string_view packed) {
  must(!list || pack(*list) == packed, "what is read is exactly what is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const auto packed = input.line();
  must_be_exact(unpack(packed), packed);
  must_be_exact(unpack_credentials(packed), packed);
  must_be_exact(unpack_ranges(packed), packed);

  std::vector<std::string> texts;
  std::vector<Credentials> credentials;
  std::vector<FileRange> ranges;
  while (!input.done()) {
    const std::string text(input.line());
    const std::uint64_t sum = text.empty() ? 0 : static_cast<std::uint8_t>(text.front());
    credentials.push_back({sum % 2 == 0 ? AuthTarget::server : AuthTarget::proxy,
                           static_cast<AuthScheme>(static_cast<int>(AuthScheme::basic) + static_cast<int>(sum % 4)),
                           text, texts.empty() ? "" : texts.back()});
    ranges.push_back({Input::number_in(text).value_or(sum), sum == 0 ? FileRange::kToEnd : sum});
    texts.push_back(text);
  }
  must(unpack(pack(texts)) == texts, "texts that are packed are unpacked");
  must(unpack_credentials(pack(credentials)) == credentials, "credentials that are packed are unpacked");
  must(unpack_ranges(pack(ranges)) == ranges, "ranges that are packed are unpacked");
  return 0;
}
