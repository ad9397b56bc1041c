#ifndef CREADLINE_H
#define CREADLINE_H

/* What became of a prompt. */
enum creadline_outcome { CREADLINE_LINE, CREADLINE_CANCELLED, CREADLINE_ENDED };

/* Asked for completions of the word that ends at byte `cursor` of `line` and begins at `start`;
   answers by calling creadline_offer. */
typedef void (*creadline_completer)(void *context, const char *line, int start, int cursor);

/* Sets readline up; the prompt is written to descriptor `output`. */
void creadline_open(const char *name, int output, creadline_completer completer, void *context);

/* Asks the completer no more. */
void creadline_close(void);

/* Offers one completion, from inside a completer. */
void creadline_offer(const char *candidate);

/* Forgets the lines that arrow-up brings back. */
void creadline_clear_history(void);

/* Adds a line that arrow-up brings back. */
void creadline_add_history(const char *line);

/* Shows `prompt` (invisible parts between \001 and \002) and waits for a line, Ctrl-C or the end.
   A line is stored in `line` and must be freed by the caller. */
enum creadline_outcome creadline_read(const char *prompt, char **line);

/* From now on Ctrl-C asks for an interruption, and ends the program the second time. */
void cinterruption_begin(void);

/* Ctrl-C does again what it did before cinterruption_begin. */
void cinterruption_end(void);

/* Starts the count anew. */
void cinterruption_forget(void);

/* How often Ctrl-C was pressed since cinterruption_begin or cinterruption_forget. */
int cinterruption_count(void);

#endif
