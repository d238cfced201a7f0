#pragma once

// Ids are defined wherever they are declared, so nothing has to be asked for.
