/* The command line of the helper to a policy. The contract is the head of main.c; what is wrong ends the helper. */
#ifndef CODI_FLAGS_H
#define CODI_FLAGS_H

#include "policy.h"

void read_flags(int argc, char **argv, struct policy *policy);

#endif
