#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace enlace::test {

/// How the corpus of raw replies writes bytes.
inline std::string from_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  while (!text.empty() && text.back() == '=') {
    out.pop_back();
    text.remove_suffix(1);
  }
  return out;
}

/// As the corpus describes a body: "length:first 16 hex digits of its SHA-256".
inline std::string digest_of(std::string_view body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_Digest(body.data(), body.size(), digest, nullptr, EVP_sha256(), nullptr);
  std::string out = std::to_string(body.size()) + ':';
  for (std::size_t i = 0; i < 8; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4U];
    out += "0123456789abcdef"[digest[i] & 0xFU];
  }
  return out;
}

}  // namespace enlace::test
