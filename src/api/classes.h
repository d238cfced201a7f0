#pragma once

namespace dosvc {

// Tells the COM runtime about every class id that dosvc serves.
void register_classes();

}  // namespace dosvc
