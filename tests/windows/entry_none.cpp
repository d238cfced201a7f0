// A program that forgot its entry.
#include <windows.h>
