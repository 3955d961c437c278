/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exit statuses of all four programs: one table, repeated in every EXIT STATUS section.
 * The values from 64 on are those of <sysexits.h>.
 */
#ifndef EXIT_CODES_H
#define EXIT_CODES_H

enum exit_code {
	EXIT_DONE = 0,         /* all done */
	EXIT_REJECTED = 1,     /* done, but some records were rejected */
	EXIT_USAGE = 64,       /* wrong option or argument */
	EXIT_BAD_INPUT = 65,   /* the input is not what it has to be */
	EXIT_UNAVAILABLE = 69, /* a service did not answer after all retries */
	EXIT_SOFTWARE = 70,    /* our own fault */
	EXIT_IO = 74,          /* reading or writing failed */
	EXIT_TRY_LATER = 75,   /* quota used up, platform down: done as far as it went */
	EXIT_REFUSED = 77,     /* key or token refused, right missing */
	EXIT_CONFIG = 78,      /* configuration */
	EXIT_SIGNAL_BASE = 128 /* plus the number of the signal that ended the program */
};

#endif
