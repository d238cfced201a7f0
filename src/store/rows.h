#pragma once

#include <string>

#include "core/job.h"
#include "store/statement.h"

namespace dosvc {

// How jobs and files stand in the tables. The columns of a SELECT, in the order in which they are read:
std::string job_columns();
std::string file_columns();
// The statements that insert or replace a row, for save_row().
std::string save_job_sql();
std::string save_file_sql();

int save_row(Statement& statement, const Job& job);
int save_row(Statement& statement, const JobId& id, const File& file);

// Every value is checked: see Row::lie().
Job read_job(Row& row);
struct FileRow {
  JobId job;
  File file;
};
FileRow read_file(Row& row);

}  // namespace dosvc
