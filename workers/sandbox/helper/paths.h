/* Paths as text, and growing lists of them. A path is absolute, canonical and has no slash at its end. */
#ifndef CODI_PATHS_H
#define CODI_PATHS_H

#include "policy.h"

/* Never answer NULL: without memory the helper ends. */
void *grow(void *rows, size_t count, size_t *room, size_t size);
char *copy_text(const char *text);
char *join(const char *directory, const char *name);

void add_word(struct words *words, char *word);
struct place *add_place(struct places *places, enum place_kind kind, char *path, bool directory);

/* True for the path itself and whatever is below it. */
bool is_within(const char *path, const char *directory);
/* The directory a path is in; the caller owns it. */
char *parent_of(const char *path);
/* Parents before children; places of one path in the order of their kinds. */
int compare_places(const void *a, const void *b);

/* The path without symbolic links; NULL with errno where it is not there. */
char *real_path(const char *path);
/* O_PATH descriptor; a symbolic link anywhere on the way is an error. -1 with errno. */
int open_path(const char *path);
bool read_small_file(const char *path, char *bytes, size_t room);

#endif
