#pragma once

#include <string>
#include <vector>

#include "core/job.h"
#include "store/statement.h"

namespace dosvc {

// How jobs and files stand in the tables. The columns of a SELECT, in the order in which they are read:
extern const char* const kJobColumns;
extern const char* const kFileColumns;
// The statements that insert or replace a row, for save_row().
extern const char* const kSaveJob;
extern const char* const kSaveFile;

int save_row(Statement& statement, const Job& job);
int save_row(Statement& statement, const JobId& id, const File& file);

// Every value is checked: see Row::lie().
Job read_job(Row& row);
struct FileRow {
  JobId job;
  File file;
};
FileRow read_file(Row& row);

// The column that would hold something that the readers refuse, or null. Asked before writing and after reading, so
// that what was written can always be read.
const char* misfit(const Job& job);
const char* misfit(const File& file);

// A list of any texts as one text: each as "<length>:<bytes>,".
std::string pack(const std::vector<std::string>& texts);
std::optional<std::vector<std::string>> unpack(std::string_view packed);

}  // namespace dosvc
