/*
 * A periodic real-time thread, as cyclictest measures it: wakes every millisecond by an absolute clock and notes how late it was.
 * Argument: seconds. Prints one line of JSON: the scheduling class it got, and a histogram of lateness in microseconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define PERIOD_NS 1000000L
#define SECOND_NS 1000000000L
/* Later than this counts as this much: a tenth of a second is lost in any case. */
#define MOST_US 100000
#define PRIORITY 80

static unsigned histogram[MOST_US + 1];

static void advance(struct timespec *moment, long ns) {
  moment->tv_nsec += ns;
  while (moment->tv_nsec >= SECOND_NS) {
    moment->tv_nsec -= SECOND_NS;
    moment->tv_sec += 1;
  }
}

int main(int argc, char **argv) {
  long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
  struct sched_param parameters = {.sched_priority = PRIORITY};
  const char *class = sched_setscheduler(0, SCHED_FIFO, &parameters) == 0 ? "SCHED_FIFO" : "SCHED_OTHER";
  int locked = mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
  struct timespec next, now;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (long turn = 0; turn < seconds * (SECOND_NS / PERIOD_NS); turn += 1) {
    advance(&next, PERIOD_NS);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR) {
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    long late_us = (now.tv_sec - next.tv_sec) * 1000000L + (now.tv_nsec - next.tv_nsec) / 1000L;
    if (late_us < 0) late_us = 0;
    histogram[late_us > MOST_US ? MOST_US : late_us] += 1;
  }
  printf("{\"class\":\"%s\",\"locked\":%s,\"late\":[", class, locked ? "true" : "false");
  const char *comma = "";
  for (int us = 0; us <= MOST_US; us += 1) {
    if (histogram[us] == 0) continue;
    printf("%s[%d,%u]", comma, us, histogram[us]);
    comma = ",";
  }
  printf("]}\n");
  return 0;
}
