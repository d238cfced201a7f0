#pragma once

// Strings and values of automation ("Conversion and Manipulation Functions"); all functions are in <dosvc/variant.h>.

#include <wtypes.h>

#define V_VT(value) ((value)->vt)
#define V_UI1(value) ((value)->bVal)
#define V_I4(value) ((value)->lVal)
#define V_I8(value) ((value)->llVal)
#define V_UI4(value) ((value)->ulVal)
#define V_UI8(value) ((value)->ullVal)
#define V_BOOL(value) ((value)->boolVal)
#define V_BSTR(value) ((value)->bstrVal)
#define V_UNKNOWN(value) ((value)->punkVal)
#define V_ARRAY(value) ((value)->parray)
#define V_ISARRAY(value) ((V_VT(value) & VT_ARRAY) != 0)
