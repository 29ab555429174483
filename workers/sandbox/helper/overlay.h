/*
 * Try mode: what a command writes below a writable place lands in another directory, and the place stays as it is.
 */
#ifndef CODI_OVERLAY_H
#define CODI_OVERLAY_H

#include "policy.h"

/*
 * Lays an overlay over the place, in this mount namespace: what is there shows through, `overlay`/up takes the changes.
 * Before anything is covered or closed.
 */
void mount_overlay(const struct place *place);

#endif
