/* SPDX-License-Identifier: Apache-2.0 */
/* Directories that are made when they are needed, for their owner alone. */
#ifndef DIRS_H
#define DIRS_H

/* Makes the directory and every one on the way to it that is not there yet, mode 0700. 0; -1 and errno. */
int dirs_make(const char *path);
/* The same for the directory that the file path lies in. */
int dirs_make_parents(const char *path);

#endif
