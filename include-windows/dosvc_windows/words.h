#pragma once

// The words that sources written for Windows put around their declarations. They mean nothing to compilers here.
// __in, __out and their kin are left out: the C++ library has parameters of these names.

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"  // some are keywords under -fms-extensions
#endif

#define __stdcall
#define _stdcall
#define __cdecl
#define _cdecl
#define __fastcall
#define __int64 long long
#define __forceinline inline

#ifdef __clang__
#pragma clang diagnostic pop
#endif

#define WINAPI
#define APIENTRY
#define CALLBACK
#define CONST const
#define FAR
#define NEAR
#define EXTERN_C extern "C"
#define STDAPI extern "C" HRESULT
#define STDAPI_(type) extern "C" type
#define STDMETHODVCALLTYPE
#define STDAPICALLTYPE
#define interface struct
#define DECLSPEC_NOVTABLE
#define UNREFERENCED_PARAMETER(name) (void)(name)
#define ARRAYSIZE(array) (sizeof(array) / sizeof((array)[0]))
#define _countof(array) ARRAYSIZE(array)

// Source annotations ("Understanding SAL").
#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(count)
#define _In_reads_opt_(count)
#define _In_reads_bytes_(count)
#define _In_reads_bytes_opt_(count)
#define _Out_
#define _Out_opt_
#define _Out_writes_(count)
#define _Out_writes_opt_(count)
#define _Out_writes_z_(count)
#define _Out_writes_bytes_(count)
#define _Out_writes_to_(count, written)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_result_z_
#define _COM_Outptr_
#define _COM_Outptr_opt_
#define _COM_Outptr_result_maybenull_
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(count)
#define _Reserved_
#define _Deref_out_
#define _Ret_maybenull_
#define _Ret_z_
#define _Success_(expression)
#define _Check_return_
#define _Must_inspect_result_
#define _Null_terminated_
#define _Printf_format_string_
#define _Use_decl_annotations_
#define _Pre_
#define _Post_
