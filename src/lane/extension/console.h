/* The whole text of console messages. */

#ifndef SHELL_LANE_CONSOLE_H
#define SHELL_LANE_CONSOLE_H

/* Takes the web process's standard output over. */
void lane_console_init(void);

/* The text of the console message that was printed since the last call and begins with `start`; a copy of `start` when there is none. To be
 * freed. */
char *lane_console_take(const char *start);

#endif
