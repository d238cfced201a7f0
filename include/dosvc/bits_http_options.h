#pragma once

// What a job object offers beside IBackgroundCopyJob for HTTP and for helper tokens. Got by QueryInterface on the job;
// conventions as in dosvc/bits_job.h.

#include <dosvc/bits_job.h>

// "IBackgroundCopyJobHttpOptions interface".
struct IBackgroundCopyJobHttpOptions : IUnknown {
  // `hash` is the SHA-1 of the certificate, 20 bytes.
  virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByID(BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                             BYTE* hash) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByName(BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                               LPCWSTR subject) = 0;
  virtual HRESULT STDMETHODCALLTYPE RemoveClientCertificate() = 0;
  // *hash has 20 bytes.
  virtual HRESULT STDMETHODCALLTYPE GetClientCertificate(BG_CERT_STORE_LOCATION* location, LPWSTR* store, BYTE** hash,
                                                         LPWSTR* subject) = 0;
  // Lines that each end in CR LF, 16,384 characters at most; NULL removes them. BG_E_STRING_TOO_LONG,
  // BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetCustomHeaders(LPCWSTR headers) = 0;
  // S_FALSE: none are set. E_ACCESSDENIED: not the owner, or made write-only. RPC_X_NULL_REF_POINTER: NULL argument.
  virtual HRESULT STDMETHODCALLTYPE GetCustomHeaders(LPWSTR* headers) = 0;
  // BG_SSL_* and BG_HTTP_REDIRECT_POLICY_* bits. E_NOTIMPL: other bits.
  virtual HRESULT STDMETHODCALLTYPE SetSecurityFlags(ULONG flags) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetSecurityFlags(ULONG* flags) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJobHttpOptions, IUnknown, "F1BD1079-9F01-4BDC-8036-F09B70095066")

// "IBackgroundCopyJobHttpOptions2 interface".
struct IBackgroundCopyJobHttpOptions2 : IBackgroundCopyJobHttpOptions {
  // Before the first Resume.
  virtual HRESULT STDMETHODCALLTYPE SetHttpMethod(LPCWSTR method) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetHttpMethod(LPWSTR* method) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJobHttpOptions2, IBackgroundCopyJobHttpOptions,
                   "B591A192-A405-4FC3-8323-4C5C542578FC")

// "IBackgroundCopyJobHttpOptions3 interface".
struct IBackgroundCopyJobHttpOptions3 : IBackgroundCopyJobHttpOptions2 {
  // An object with IBackgroundCopyServerCertificateValidationCallback; the job holds a reference.
  virtual HRESULT STDMETHODCALLTYPE SetServerCertificateValidationInterface(IUnknown* callback) = 0;
  virtual HRESULT STDMETHODCALLTYPE MakeCustomHeadersWriteOnly() = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJobHttpOptions3, IBackgroundCopyJobHttpOptions2,
                   "8A9263D3-FD4C-4EDA-9B28-30132A4D4E3C")

// "IBitsTokenOptions interface". Declared so that sources compile; no object here answers it.
struct IBitsTokenOptions : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE SetHelperTokenFlags(BG_TOKEN flags) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetHelperTokenFlags(BG_TOKEN* flags) = 0;
  virtual HRESULT STDMETHODCALLTYPE SetHelperToken() = 0;
  virtual HRESULT STDMETHODCALLTYPE ClearHelperToken() = 0;
  virtual HRESULT STDMETHODCALLTYPE GetHelperTokenSid(LPWSTR* owner) = 0;
};
DOSVC_INTERFACE_ID(IBitsTokenOptions, IUnknown, "9A2584C3-F7D2-457A-9A5E-22B67BFFC7D2")
