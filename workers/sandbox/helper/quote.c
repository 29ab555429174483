#include "quote.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Length of a valid UTF-8 sequence at `at`, 0 where there is none. Overlong forms and surrogates are none. */
static size_t utf8_length(const unsigned char *at) {
  size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf5 ? 4 : 0;
  for (size_t i = 1; i < length; i++)
    if ((at[i] & 0xc0) != 0x80) return 0;
  if (at[0] == 0xe0 && at[1] < 0xa0) return 0;
  if (at[0] == 0xed && at[1] > 0x9f) return 0;
  if (at[0] == 0xf0 && at[1] < 0x90) return 0;
  if (at[0] == 0xf4 && at[1] > 0x8f) return 0;
  return length;
}

bool is_utf8(const char *text) {
  for (const unsigned char *at = (const unsigned char *)text; *at != 0;) {
    size_t length = utf8_length(at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

char *quote(const char *text, char *out) {
  *out++ = '"';
  for (const unsigned char *at = (const unsigned char *)text; *at != 0;) {
    size_t length = utf8_length(at);
    if (length == 0 || *at < 0x20 || *at == '"' || *at == '\\' || *at == 0x7f) {
      out += sprintf(out, "\\u%04x", *at);
      at++;
      continue;
    }
    memcpy(out, at, length);
    out += length;
    at += length;
  }
  *out++ = '"';
  *out = 0;
  return out;
}
