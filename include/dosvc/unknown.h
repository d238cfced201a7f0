#pragma once

// IUnknown, and the words with which sources written for Windows declare methods.

#include <dosvc/guid.h>

#define STDMETHODCALLTYPE  // the platform's ordinary calling convention
#define STDMETHOD(method) virtual HRESULT STDMETHODCALLTYPE method
#define STDMETHOD_(type, method) virtual type STDMETHODCALLTYPE method
#define STDMETHODIMP HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP_(type) type STDMETHODCALLTYPE
#define IFACEMETHOD(method) STDMETHOD(method)
#define IFACEMETHOD_(type, method) STDMETHOD_(type, method)
#define IFACEMETHODIMP STDMETHODIMP
#define IFACEMETHODIMP_(type) STDMETHODIMP_(type)
#define PURE = 0

// Three slots and nothing more: a virtual destructor would add slots and break every vtable. Objects end when their
// last reference is released, never by `delete` through an interface. ("IUnknown interface")
struct IUnknown {
  // S_OK and one reference in *object; E_NOINTERFACE with *object NULL; E_POINTER when `object` is NULL.
  virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) = 0;
  // Both return the new count, which is good for tests only.
  virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
  virtual ULONG STDMETHODCALLTYPE Release() = 0;

 protected:
  ~IUnknown() = default;
};
DOSVC_INTERFACE_ID(IUnknown, void, "00000000-0000-0000-C000-000000000046")

// Walks a collection of objects; each carries one reference for the caller. ("IEnumUnknown interface")
struct IEnumUnknown : IUnknown {
  // S_FALSE: fewer than `count` were left. `fetched` may be NULL when `count` is 1.
  virtual HRESULT STDMETHODCALLTYPE Next(ULONG count, IUnknown** items, ULONG* fetched) = 0;
  // S_FALSE: fewer than `count` could be skipped.
  virtual HRESULT STDMETHODCALLTYPE Skip(ULONG count) = 0;
  virtual HRESULT STDMETHODCALLTYPE Reset() = 0;
  // A second walk, at the same place.
  virtual HRESULT STDMETHODCALLTYPE Clone(IEnumUnknown** copy) = 0;
};
DOSVC_INTERFACE_ID(IEnumUnknown, IUnknown, "00000100-0000-0000-C000-000000000046")
