#include <dosvc/apartment.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "api/download_fixture.h"

// A download to the program's own stream ("DODownloadProperty_StreamInterface").

namespace dosvc {
namespace {

// Keeps what is written to it. Interface: ISequentialStream alone, or IStream.
template <class Interface>
class StreamBase : public Object<Interface> {
 public:
  std::function<HRESULT(const std::string&, ULONG*)> on_write;  // before the bytes are kept; a failure refuses them

  std::string bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }

  HRESULT STDMETHODCALLTYPE Read(void*, ULONG, ULONG*) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE Write(const void* data, ULONG count, ULONG* written) override {
    const std::string block(static_cast<const char*>(data), count);
    ULONG taken = count;
    if (on_write) {
      if (const HRESULT result = on_write(block, &taken); FAILED(result)) return result;
    }
    const std::lock_guard lock(mutex_);
    bytes_ += block.substr(0, taken);
    *written = taken;
    return S_OK;
  }

 private:
  mutable std::mutex mutex_;
  std::string bytes_;
};

class Stream final : public StreamBase<ISequentialStream> {};

class WholeStream final : public StreamBase<IStream> {
 public:
  HRESULT STDMETHODCALLTYPE Seek(LARGE_INTEGER, DWORD, ULARGE_INTEGER*) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE SetSize(ULARGE_INTEGER) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE CopyTo(IStream*, ULARGE_INTEGER, ULARGE_INTEGER*, ULARGE_INTEGER*) override {
    return E_NOTIMPL;
  }
  HRESULT STDMETHODCALLTYPE Commit(DWORD) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE Revert() override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE LockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE UnlockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE Stat(STATSTG*, DWORD) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE Clone(IStream**) override { return E_NOTIMPL; }
};

class DownloadStream : public DownloadTest {
 protected:
  void SetUp() override {
    DownloadTest::SetUp();
    origin.serve("/big", {.size = kBig, .seed = 6});
  }

  com_ptr<IDODownload> to(IUnknown* sink, const std::string& path = "/big") {
    auto download = create();
    EXPECT_EQ(set(download, DODownloadProperty_Uri, Value::text(origin.url(path))), S_OK);
    EXPECT_EQ(set(download, DODownloadProperty_StreamInterface, Value::object(sink)), S_OK);
    listen(download, ear);
    return download;
  }
  com_ptr<IDODownload> to(const com_ptr<Stream>& sink, const std::string& path = "/big") {
    return to(sink.get(), path);
  }

  void run_all(const com_ptr<IDODownload>& download) {
    ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
    ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  }
  // Files that are not finished, wherever.
  std::size_t leftovers() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      count += entry.path().extension() == ".part" ? 1 : 0;
    return count;
  }
  static constexpr std::uint64_t kBig = 3'000'000;
  com_ptr<StatusEar> ear = make_object<StatusEar>();
  com_ptr<Stream> stream = make_object<Stream>();
};

TEST_F(DownloadStream, gets_every_byte_in_order) {
  const auto download = to(stream);
  run_all(download);
  EXPECT_TRUE(same_bytes(stream->bytes(), content(6, {{0, kBig}})));
  EXPECT_EQ(status_of(download).BytesTransferred, kBig);
  EXPECT_EQ(status_of(download).BytesTotal, kBig);
  EXPECT_EQ(files_in_folder(), 0u);
  ASSERT_EQ(download->Finalize(), S_OK);
  EXPECT_EQ(leftovers(), 0u);
  EXPECT_TRUE(is_released(*stream));
}

TEST_F(DownloadStream, may_be_a_whole_stream) {
  const auto whole = make_object<WholeStream>();
  const auto download = to(whole.get());
  run_all(download);
  EXPECT_TRUE(same_bytes(whole->bytes(), content(6, {{0, kBig}})));
  const Value got = value_of(download, DODownloadProperty_StreamInterface);
  com_ptr<IUnknown> mine;
  ASSERT_EQ(whole->QueryInterface(IID_PPV_ARGS(mine.put())), S_OK);
  EXPECT_EQ(got->punkVal, mine.get());
  Value path;
  EXPECT_EQ(get(download, DODownloadProperty_LocalPath, path), E_NOT_SET);
}

TEST_F(DownloadStream, gets_the_ranges_in_their_order_and_those_of_later_starts) {
  const auto download = to(stream);
  ASSERT_EQ(download->Start(Ranges({{1'000'000, 1'000}, {0, 10}})), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  ASSERT_EQ(download->Start(Ranges({{2'999'990, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(ear->wait_until(
      [&] { return state_of(download) == DODownloadState_Transferred && stream->bytes().size() == 1'020; }));
  EXPECT_TRUE(same_bytes(stream->bytes(), content(6, {{1'000'000, 1'000}, {0, 10}, {2'999'990, 10}})));
}

TEST_F(DownloadStream, needs_ranges) {
  const auto download = to(stream);
  EXPECT_EQ(download->Start(nullptr), DO_E_DOWNLOAD_RANGES_EXPECTED);
  EXPECT_EQ(download->Start(Ranges({})), DO_E_DOWNLOAD_RANGES_EXPECTED);
  EXPECT_EQ(state_of(download), DODownloadState_Created);
}

TEST_F(DownloadStream, and_a_local_path_exclude_each_other) {
  const auto with_stream = to(stream);
  EXPECT_EQ(set(with_stream, DODownloadProperty_LocalPath, Value::text(local("x"))),
            DO_E_FILE_DOWNLOADSINK_ALREADY_SET);
  ASSERT_EQ(set(with_stream, DODownloadProperty_StreamInterface, Value::object(nullptr)), S_OK);
  Value none;
  EXPECT_EQ(get(with_stream, DODownloadProperty_StreamInterface, none), E_NOT_SET);
  EXPECT_EQ(set(with_stream, DODownloadProperty_LocalPath, Value::text(local("x"))), S_OK);
  EXPECT_EQ(set(with_stream, DODownloadProperty_StreamInterface, Value::object(stream.get())),
            DO_E_FILE_DOWNLOADSINK_ALREADY_SET);
  EXPECT_EQ(count_of(*stream), 1u);
}

TEST_F(DownloadStream, that_refuses_bytes_ends_the_download_with_its_code) {
  std::atomic<bool> full = false;
  stream->on_write = [&](const std::string&, ULONG*) {
    if (stream->bytes().size() >= 500'000 && !full.exchange(true)) return HRESULT_FROM_WIN32(ERROR_DISK_FULL);
    return S_OK;
  };
  const auto download = to(stream);
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  EXPECT_EQ(status_of(download).Error, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
  EXPECT_EQ(status_of(download).BytesTransferred, stream->bytes().size());
  EXPECT_EQ(download->Finalize(), DO_E_INVALID_STATE);
  run(download, ear);
  EXPECT_TRUE(same_bytes(stream->bytes(), content(6, {{0, kBig}}))) << "what was refused came again, and nothing twice";
}

TEST_F(DownloadStream, that_refuses_bytes_stops_the_service_too) {
  stream->on_write = [](const std::string&, ULONG*) { return E_FAIL; };
  {
    const auto download = to(stream, "/stalls");
    ASSERT_EQ(set(download, DODownloadProperty_NonVolatile, Value::flag(true)), S_OK);
    ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
    ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  }
  restart_service();
  // What was not stopped would be asked for before this.
  const auto other_ear = make_object<StatusEar>();
  run(create("/small", other_ear), other_ear);
  EXPECT_EQ(origin.requests_of("/stalls").size(), 1u);
}

TEST_F(DownloadStream, that_throws_ends_the_download) {
  stream->on_write = [](const std::string&, ULONG*) -> HRESULT { throw std::runtime_error("of the program"); };
  const auto download = to(stream);
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  EXPECT_EQ(status_of(download).Error, E_UNEXPECTED);
}

TEST_F(DownloadStream, may_take_less_than_it_was_given) {
  stream->on_write = [](const std::string& block, ULONG* taken) {
    *taken = static_cast<ULONG>(std::min<std::size_t>(block.size(), 100'003));
    return S_OK;
  };
  const auto download = to(stream);
  run_all(download);
  EXPECT_TRUE(same_bytes(stream->bytes(), content(6, {{0, kBig}})));
}

TEST_F(DownloadStream, that_takes_nothing_ends_the_download) {
  stream->on_write = [](const std::string&, ULONG* taken) {
    *taken = 0;
    return S_OK;
  };
  const auto download = to(stream);
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
  EXPECT_EQ(status_of(download).Error, HRESULT_FROM_WIN32(ERROR_WRITE_FAULT));
}

TEST_F(DownloadStream, is_waited_for) {
  Moment asked, released;
  stream->on_write = [&](const std::string&, ULONG*) {
    asked.come();
    return released.wait() ? S_OK : E_FAIL;
  };
  const auto download = to(stream, "/small");
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(asked.wait());
  // Another download, begun later, shows that the service is through with this one.
  const auto other_ear = make_object<StatusEar>();
  run(create("/small", other_ear), other_ear);
  EXPECT_EQ(state_of(download), DODownloadState_Transferring);
  EXPECT_EQ(status_of(download).BytesTransferred, 0u);
  EXPECT_EQ(download->Finalize(), DO_E_INVALID_STATE);
  released.come();
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  EXPECT_TRUE(same_bytes(stream->bytes(), content(3, {{0, 20'000}})));
}

TEST_F(DownloadStream, is_asked_for_no_other_ranges_while_it_is_filled) {
  Moment asked, released;
  stream->on_write = [&](const std::string&, ULONG*) {
    asked.come();
    return released.wait() ? S_OK : E_FAIL;
  };
  const auto download = to(stream, "/small");
  ASSERT_EQ(download->Start(Ranges({{0, 100}})), S_OK);
  ASSERT_TRUE(asked.wait());
  const auto other_ear = make_object<StatusEar>();
  run(create("/small", other_ear), other_ear);  // the service is through with the first
  EXPECT_EQ(download->Start(Ranges({{500, 100}})), S_OK);
  released.come();
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  EXPECT_TRUE(same_bytes(stream->bytes(), content(3, {{0, 100}})));
}

TEST_F(DownloadStream, gets_nothing_more_after_pause) {
  Moment asked, released;
  stream->on_write = [&](const std::string&, ULONG*) {
    asked.come();
    return released.wait() ? S_OK : E_FAIL;
  };
  const auto download = to(stream);
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(asked.wait());
  ASSERT_EQ(download->Pause(), S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Paused);
  released.come();  // the call that ran comes to its end
  const auto other_ear = make_object<StatusEar>();
  run(create("/small", other_ear), other_ear);
  EXPECT_LT(stream->bytes().size(), kBig);
  run(download, ear);
  EXPECT_TRUE(same_bytes(stream->bytes(), content(6, {{0, kBig}})));
}

TEST_F(DownloadStream, is_filled_while_start_blocks) {
  const auto download = to(stream);
  ASSERT_EQ(set(download, DODownloadProperty_BlockingMode, Value::flag(true)), S_OK);
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  EXPECT_TRUE(same_bytes(stream->bytes(), content(6, {{0, kBig}})));
  EXPECT_EQ(state_of(download), DODownloadState_Transferred);
}

// Its thread must do itself what it waits for, as a call out of an apartment does on Windows.
TEST_F(DownloadStream, of_an_apartment_is_filled_on_its_thread_while_start_blocks) {
  std::atomic<bool> elsewhere = false;
  HRESULT result = E_FAIL;
  std::thread program([&] {
    DosvcCallApartments([] {});
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED), S_OK);
    const auto thread = std::this_thread::get_id();
    stream->on_write = [&, thread](const std::string&, ULONG*) {
      if (std::this_thread::get_id() != thread) elsewhere = true;
      return S_OK;
    };
    {
      const auto download = to(stream);
      ASSERT_EQ(set(download, DODownloadProperty_BlockingMode, Value::flag(true)), S_OK);
      result = download->Start(Ranges({{0, DO_LENGTH_TO_EOF}}));
      EXPECT_EQ(download->Abort(), S_OK);
    }
    CoUninitialize();
    DosvcCallApartments(nullptr);
  });
  program.join();
  EXPECT_EQ(result, S_OK);
  EXPECT_FALSE(elsewhere);
  EXPECT_TRUE(same_bytes(stream->bytes(), content(6, {{0, kBig}})));
}

TEST_F(DownloadStream, and_callback_are_released_within_the_call_that_ends_the_download) {
  const auto download = to(stream);
  ASSERT_EQ(download->Abort(), S_OK);
  EXPECT_EQ(count_of(*stream), 1u);
  EXPECT_EQ(count_of(*ear), 1u);
}

TEST_F(DownloadStream, is_released_by_abort) {
  const auto download = to(stream);
  run_all(download);
  ASSERT_EQ(download->Abort(), S_OK);
  EXPECT_EQ(leftovers(), 0u);
  EXPECT_TRUE(is_released(*stream));
}

TEST_F(DownloadStream, never_gets_two_versions_of_a_file) {
  const auto download = to(stream, "/stalls");
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(ear->wait_until([&] { return !stream->bytes().empty(); }));
  ASSERT_EQ(download->Pause(), S_OK);
  origin.serve("/stalls", {.size = kStalls, .seed = 5});
  ASSERT_EQ(download->Start(nullptr), S_OK);
  ASSERT_TRUE(ear->wait_until([&] { return status_of(download).Error == BG_E_REMOTE_FILE_CHANGED; }));
  EXPECT_EQ(state_of(download), DODownloadState_Paused);
  const std::string first = stream->bytes();
  EXPECT_TRUE(same_bytes(first, content(4, {{0, first.size()}})));
  EXPECT_EQ(download->Start(nullptr), BG_E_REMOTE_FILE_CHANGED) << "it has bytes that can't be taken back";

  const auto second = make_object<Stream>();
  ASSERT_EQ(set(download, DODownloadProperty_StreamInterface, Value::object(second.get())), S_OK);
  run(download, ear);
  EXPECT_TRUE(same_bytes(second->bytes(), content(5, {{0, kStalls}}))) << "a new stream begins with the first byte";
  EXPECT_TRUE(same_bytes(stream->bytes(), first));
}

TEST_F(DownloadStream, of_a_download_that_outlived_the_service_is_set_again) {
  auto download = to(stream, "/stalls");
  ASSERT_EQ(set(download, DODownloadProperty_NonVolatile, Value::flag(true)), S_OK);
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  ASSERT_TRUE(wait_for_bytes(download, ear, 1));
  download = nullptr;
  restart_service();
  EXPECT_EQ(count_of(*stream), 1u);
  com_ptr<IEnumUnknown> found;
  com_ptr<IUnknown> item;
  ASSERT_EQ(manager->EnumDownloads(nullptr, found.put()), S_OK);
  ASSERT_EQ(found->Next(1, item.put(), nullptr), S_OK);
  ASSERT_EQ(item.as(download), S_OK);
  EXPECT_EQ(state_of(download), DODownloadState_Paused);
  EXPECT_EQ(download->Start(nullptr), DO_E_FILE_DOWNLOADSINK_UNSPECIFIED);
  const auto second = make_object<Stream>();
  ASSERT_EQ(set(download, DODownloadProperty_StreamInterface, Value::object(second.get())), S_OK);
  listen(download, ear);
  run(download, ear);
  EXPECT_TRUE(same_bytes(second->bytes(), content(4, {{0, kStalls}})));
}

}  // namespace
}  // namespace dosvc
