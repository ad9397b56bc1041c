/* A small face on GNU readline's callback interface.

   Signals that arrive while a line is edited are written to a pipe by their handler and dealt
   with between two keys, never inside readline: that is the only way to cancel a line without
   leaving readline's state or the terminal's mode behind. */

#define _GNU_SOURCE /* pipe2 */

#include "include/CReadline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

static creadline_completer completer;
static void *completer_context;
static char **offers;
static size_t offer_count, offer_room, next_offer;

void creadline_offer(const char *candidate) {
  if (offer_count == offer_room) {
    size_t room = offer_room ? offer_room * 2 : 32;
    char **larger = realloc(offers, room * sizeof *offers);
    if (!larger) return;
    offers = larger;
    offer_room = room;
  }
  char *copy = strdup(candidate);
  if (copy) offers[offer_count++] = copy;
}

/* readline frees what it is given. */
static char *hand_over_offer(const char *text, int state) {
  (void)text;
  if (state == 0) next_offer = 0;
  return next_offer < offer_count ? offers[next_offer++] : NULL;
}

static char **complete(const char *text, int start, int end) {
  rl_attempted_completion_over = 1; /* Never the names of files. */
  offer_count = 0;
  completer(completer_context, rl_line_buffer, start, end);
  if (offer_count == 0) return NULL;
  /* `set vnodes=` waits for its value: no space behind it. */
  const char *only = offers[0];
  rl_completion_append_character = ' ';
  if (offer_count == 1 && *only && strchr("=/", only[strlen(only) - 1]))
    rl_completion_suppress_append = 1;
  return rl_completion_matches(text, hand_over_offer);
}

/* How many bytes were typed before the prompt stood there and are still to be read. */
static int typed_ahead;

/* Reads a key. While no line is edited the terminal gathers lines, and a Ctrl-D that is typed then
   waits as a byte of 0 (n_tty of Linux does so, since another mode may follow): it is made again
   what it was, so that it leaves as it does at the prompt. */
static int read_key(FILE *stream) {
  int key = rl_getc(stream);
  if (typed_ahead == 0) return key;
  typed_ahead--;
  return key == 0 ? CTRL('D') : key;
}

/* Runs when the terminal hands out each byte, so that nothing can turn into a 0 any more, and before
   the prompt is shown, so that what is typed at it does not count. */
static int count_typed_ahead(void) {
  if (ioctl(fileno(rl_instream), FIONREAD, &typed_ahead) != 0) typed_ahead = 0;
  return 0;
}

void creadline_open(const char *name, int output, creadline_completer function, void *context) {
  completer = function;
  completer_context = context;
  rl_readline_name = name;
  FILE *stream = output == STDOUT_FILENO ? stdout : output == STDERR_FILENO ? stderr : NULL;
  if (stream) rl_outstream = stream;
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_change_environment = 0; /* COLUMNS belongs to the user. */
  rl_getc_function = read_key;
  rl_startup_hook = count_typed_ahead;
  rl_initialize();
  rl_attempted_completion_function = complete;
  rl_completer_word_break_characters = " \t;";
  rl_completer_quote_characters = "";
  rl_variable_bind("show-all-if-ambiguous", "on");
  rl_variable_bind("revert-all-at-newline", "on");
  rl_variable_bind("enable-bracketed-paste", "on");
  /* Questions and pages of completions would wait for keys inside readline. */
  rl_variable_bind("completion-query-items", "0");
  rl_variable_bind("page-completions", "off");
}

void creadline_close(void) {
  rl_attempted_completion_function = NULL;
  completer = NULL;
}

void creadline_clear_history(void) { rl_clear_history(); }

void creadline_add_history(const char *line) { add_history(line); }

static const int watched[] = {SIGINT, SIGWINCH, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
enum { WATCHED = sizeof watched / sizeof *watched };
static struct sigaction before[WATCHED];
static int signal_pipe[2] = {-1, -1};

static void note_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(signal_pipe[1], &byte, 1);
  (void)ignored;
  errno = saved;
}

static void watch(void) {
  struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < WATCHED; i++) {
    sigaction(watched[i], NULL, &before[i]);
    if (before[i].sa_handler != SIG_IGN || watched[i] == SIGINT)
      sigaction(watched[i], &action, NULL);
  }
}

static void unwatch(void) {
  for (int i = 0; i < WATCHED; i++) sigaction(watched[i], &before[i], NULL);
}

static char *accepted;
static int is_finished;

static void accept_line(char *text) {
  accepted = text;
  is_finished = 1;
  rl_callback_handler_remove();
}

/* Gives the line up, as if it had never been begun. */
static void cancel_line(void) {
  rl_callback_sigcleanup(); /* Leaves searches and multi-key commands. */
  rl_point = rl_end;
  rl_redisplay(); /* The cursor below a line that is several rows long. */
  rl_echo_signal_char(SIGINT);
  rl_crlf();
  fflush(rl_outstream);
  rl_free_line_state();
  rl_callback_handler_remove();
}

/* Lets the signal do what it does without us, with the terminal as it was before. */
static void give_way(int number) {
  rl_deprep_terminal();
  unwatch();
  raise(number);
  /* Here again after a stop and a continue. */
  watch();
  rl_prep_terminal(1);
  rl_reset_screen_size();
  rl_on_new_line();
  rl_forced_update_display();
}

/* Whether the signal ends the reading. */
static int handle_signal(int number) {
  switch (number) {
    case SIGINT:
      cancel_line();
      return 1;
    case SIGWINCH:
      rl_resize_terminal();
      return 0;
    default:
      give_way(number);
      return 0;
  }
}

enum creadline_outcome creadline_read(const char *prompt, char **line) {
  *line = NULL;
  if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
    return CREADLINE_ENDED;
  watch();
  cinterruption_forget();
  is_finished = 0;
  accepted = NULL;
  rl_reset_screen_size();
  rl_callback_handler_install(prompt, accept_line);
  int is_cancelled = 0;
  while (!is_finished && !is_cancelled) {
    struct pollfd inputs[] = {{.fd = fileno(rl_instream ? rl_instream : stdin), .events = POLLIN},
                              {.fd = signal_pipe[0], .events = POLLIN}};
    if (poll(inputs, 2, -1) < 0 && errno != EINTR) break;
    unsigned char number;
    while (!is_cancelled && read(signal_pipe[0], &number, 1) == 1)
      is_cancelled = handle_signal(number);
    if (!is_cancelled && inputs[0].revents) rl_callback_read_char();
  }
  unwatch();
  if (is_cancelled) return CREADLINE_CANCELLED;
  if (!is_finished) rl_callback_handler_remove();
  if (!accepted) return CREADLINE_ENDED;
  *line = accepted;
  return CREADLINE_LINE;
}
