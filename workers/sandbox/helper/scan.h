/*
 * What changed in trees since the last look, by what the file system says of each entry: its inode, size, mode, times.
 * It tells that something changed, never what was there.
 *
 *   helper scan --state FILE [--except PATH]… [--most N] -- ROOT…
 *
 * FILE holds the last look and becomes this one; where it is not there yet, nothing is told. On stdout a record for each
 * difference, ended by NUL: a letter (+ new, - gone, * other), ctime and mode now, and mode, size and mtime before (0
 * where there is none; times in nanoseconds), then the path. `.git` is left out. The exit status is 0; 3 where there are more
 * than N entries, 125 where the state cannot be written.
 */
#ifndef CODI_SCAN_H
#define CODI_SCAN_H

int run_scan(int argc, char **argv);

#endif
