#pragma once

#include "core/response.h"

#include <string>

namespace dosvc {

// What the body of an answer is beside the file, as far as its head tells. Pure; docs/decisions.md has the reasons.

// "text/html" of "Text/HTML; charset=utf-8".
std::string media_type(const ResponseHead& head);

// Whether a 200 is a page that somebody on the way put in place of the file, such as the one by which a network wants a
// login. That is told from a page that is the file, never from its text but by what a page on its way has not:
//   - it is HTML, of at most 1 MiB where its length is said, and not of the size that the file is known to have; it
//   isn't
//     meant to be saved (Content-Disposition: attachment), and the program didn't say that it takes pages;
//   - and it carries neither ETag nor Last-Modified, and we know the file: we hold bytes of it or its validator; or,
//   when
//     the name in its URL isn't that of a page, its size, or nothing, but then over plain http;
//   - or it comes from another host than was asked, the name isn't that of a page, and we know the file, be it by its
//     size.
bool is_login_page(const Asked& asked, const ResponseHead& head);

// The content coding of the body; empty when there is none, and when it only describes what the file is anyway, as some
// servers say of a file.tar.gz that it is coded with gzip.
std::string foreign_coding(const ResponseHead& head);

}  // namespace dosvc
