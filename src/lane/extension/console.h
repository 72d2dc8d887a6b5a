/* The whole text of console messages. */

#ifndef SHELL_LANE_CONSOLE_H
#define SHELL_LANE_CONSOLE_H

/* To be called once, before any page. */
void lane_console_init(void);

/* Takes the process's error output over, because WebKit is about to print a message there. */
void lane_console_begin(void);

/* Gives the error output back. Answers the text of the message that was printed and begins with `start`; a copy of `start` when there is none.
 * To be freed. */
char *lane_console_end(const char *start);

#endif
