#pragma once

// The Delivery Optimization interfaces: downloads of one file (IDOManager, IDODownload), and jobs, which it shares
// with background transfer (<bits.h>) and extends.

#include <bits.h>
#include <dosvc/do_download.h>
#include <dosvc/do_job.h>
