/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in which a connector keeps what only this machine has to know (vtreporter.state_dir). */
#ifndef STATE_DIR_H
#define STATE_DIR_H

#include <stdbool.h>

#include "push-settings.h"

/* The path of name in it (heap), after every directory on the way was made; NULL when that cannot be. */
char *state_dir_path(const struct push_settings *settings, const char *name);
/* Makes every directory of path before its last part, for this user alone; false and errno when that cannot be. */
bool state_dir_make_parents(const char *path);

#endif
