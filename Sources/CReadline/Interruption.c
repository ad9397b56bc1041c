#include "include/CReadline.h"

#include <signal.h>
#include <stdatomic.h>

static atomic_int requests;
static struct sigaction before;

/* The second time the default action ends the program, as soon as the handler returns. */
static void note_interrupt(int number) {
  if (atomic_fetch_add(&requests, 1) >= 1) {
    signal(number, SIG_DFL);
    raise(number);
  }
}

void cinterruption_begin(void) {
  atomic_store(&requests, 0);
  struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before);
}

void cinterruption_end(void) {
  sigaction(SIGINT, &before, NULL);
}

void cinterruption_forget(void) { atomic_store(&requests, 0); }

int cinterruption_count(void) { return atomic_load(&requests); }
