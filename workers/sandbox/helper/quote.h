/* Text as JSON has it. */
#ifndef CODI_QUOTE_H
#define CODI_QUOTE_H

#include <stdbool.h>

bool is_utf8(const char *text);
/*
 * A string of JSON; bytes that are not UTF-8 become the character of the same number. Answers its end, where a NUL is.
 * Six bytes of room for each of the text.
 */
char *quote(const char *text, char *out);

#endif
