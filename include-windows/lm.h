#pragma once

// Network management: clients of background transfer include it and use nothing of it.
