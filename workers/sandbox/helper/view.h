/*
 * What the command sees of the file system: everything read-only but the writable places, the rest covered, protected
 * or hidden. Runs in the new mount namespace, with the capabilities of the new user namespace.
 */
#ifndef CODI_VIEW_H
#define CODI_VIEW_H

#include "policy.h"

void build_view(struct policy *policy);

#endif
