#pragma once

#include "base/result.h"
#include "core/job_service.h"
#include "dbus/message.h"

#include <systemd/sd-bus.h>

#include <string>
#include <utility>
#include <vector>

// Values of JobService as D-Bus values. Structures are dictionaries, a{sv}, made from one list of names each
// (fields.h): an optional that is empty has no key, a key that is missing leaves the default. Enumerations are words,
// times microseconds since 1970, durations seconds, or milliseconds where the member has those. Text is s, or, where
// it isn't UTF-8, ay.
//
// Programs of any language and version write them, so nothing read is trusted: a wrong type, a key that stands there
// twice, an unknown name of an enumeration, a text with a NUL, and more or longer values than anybody needs are
// E_INVALIDARG with a sentence that names the key and never the value, which may be a secret. A key that isn't known is
// an error to the service, so that nothing asked for is passed over; clients skip it, so that a newer service can tell
// more.
namespace dosvc::wire {

void write(MessageWriter& to, const JobSnapshot& job);  // a{sv}: the properties of org.dosvc1.Job
void write(MessageWriter& to, const FileSnapshot& file);
void write(MessageWriter& to, const NewJob& job);
void write(MessageWriter& to, const NewFile& file);
void write(MessageWriter& to, const JobChange& change);
void write(MessageWriter& to, const FileChange& change);
void write(MessageWriter& to, const std::optional<CertificateChoice>& choice);  // none: an empty dictionary
void write(MessageWriter& to, const std::vector<FileRange>& ranges);            // a(tt): offset, length

// Each reads one value at the message's place and moves behind it; after an error the place is anywhere.
Result<JobSnapshot> read_job(sd_bus_message* from);
Result<FileSnapshot> read_file(sd_bus_message* from);
Result<NewJob> read_new_job(sd_bus_message* from);
Result<NewFile> read_new_file(sd_bus_message* from);
Result<JobChange> read_job_change(sd_bus_message* from);
Result<FileChange> read_file_change(sd_bus_message* from);
Result<std::optional<CertificateChoice>> read_certificate_choice(sd_bus_message* from);
Result<std::vector<FileRange>> read_ranges(sd_bus_message* from);

// One property of a job as a variant, for Properties.Get. False: there is no such property, or it has no value now.
bool write_property(MessageWriter& to, const JobSnapshot& job, const std::string& name);
// Names and signatures of all, for the test that holds the interface of record against the code.
std::vector<std::pair<std::string, std::string>> job_properties();

// Above these a list or a text is refused. A set of ranges that is longer is cut when it is written.
inline constexpr std::size_t kMostKeys = 128;
inline constexpr std::size_t kMostItems = 65'536;
inline constexpr std::size_t kLongestText = 1u << 20;

}  // namespace dosvc::wire
