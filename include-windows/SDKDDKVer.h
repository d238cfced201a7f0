#pragma once

// Which version of Windows is meant: there is none.
