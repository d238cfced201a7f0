#pragma once

// What a job object offers beside IBackgroundCopyJob for HTTP and for helper tokens. Got by QueryInterface on the job;
// conventions as in dosvc/bits_job.h.

#include <dosvc/bits_job.h>

// "IBackgroundCopyJobHttpOptions interface".
struct IBackgroundCopyJobHttpOptions : IUnknown {
  // `hash` is the SHA-1 of the certificate, 20 bytes. E_NOTIMPL: no such location. CRYPT_E_NOT_FOUND: no such store, or
  // no such certificate in it. E_ACCESSDENIED: not the owner, or a key that others may read. RPC_X_NULL_REF_POINTER.
  // BG_E_STRING_TOO_LONG: over 256 characters. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByID(BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                             BYTE* hash) = 0;
  // The first one whose subject holds this text. E_INVALIDARG: an empty one. Other codes as above.
  virtual HRESULT STDMETHODCALLTYPE SetClientCertificateByName(BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                               LPCWSTR subject) = 0;
  // S_FALSE: there was none. E_ACCESSDENIED: not the owner. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE RemoveClientCertificate() = 0;
  // *hash has 20 bytes. RPC_X_BAD_STUB_DATA: there is none. RPC_X_NULL_REF_POINTER: NULL argument.
  virtual HRESULT STDMETHODCALLTYPE GetClientCertificate(BG_CERT_STORE_LOCATION* location, LPWSTR* store, BYTE** hash,
                                                         LPWSTR* subject) = 0;
  // Lines "Name: value" that each end in CR LF, 16,384 characters at most; NULL removes them. E_INVALIDARG: another
  // line. E_ACCESSDENIED: not the owner. BG_E_STRING_TOO_LONG, BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetCustomHeaders(LPCWSTR headers) = 0;
  // S_FALSE: none are set. E_ACCESSDENIED: not the owner, or made write-only. RPC_X_NULL_REF_POINTER: NULL argument.
  virtual HRESULT STDMETHODCALLTYPE GetCustomHeaders(LPWSTR* headers) = 0;
  // BG_SSL_* and BG_HTTP_REDIRECT_POLICY_* bits. E_NOTIMPL: other bits. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetSecurityFlags(ULONG flags) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetSecurityFlags(ULONG* flags) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJobHttpOptions, IUnknown, "F1BD1079-9F01-4BDC-8036-F09B70095066")

// "IBackgroundCopyJobHttpOptions2 interface".
struct IBackgroundCopyJobHttpOptions2 : IBackgroundCopyJobHttpOptions {
  // Another than GET makes the job a foreground one that is never tried again by itself. E_INVALIDARG: not one word.
  // BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, BG_E_INVALID_STATE. BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD: the job has
  // dynamic content, or works on demand.
  virtual HRESULT STDMETHODCALLTYPE SetHttpMethod(LPCWSTR method) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetHttpMethod(LPWSTR* method) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJobHttpOptions2, IBackgroundCopyJobHttpOptions,
                   "B591A192-A405-4FC3-8323-4C5C542578FC")

// "IBackgroundCopyJobHttpOptions3 interface".
struct IBackgroundCopyJobHttpOptions3 : IBackgroundCopyJobHttpOptions2 {
  // E_NOTIMPL: programs are not asked about certificates.
  virtual HRESULT STDMETHODCALLTYPE SetServerCertificateValidationInterface(IUnknown* callback) = 0;
  // For good: GetCustomHeaders is E_ACCESSDENIED from then on.
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
