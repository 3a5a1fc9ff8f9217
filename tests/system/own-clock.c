/*
 * A host shares this machine's clock, which no test may set. Preloaded into every program of a host, this adds to the wall clock what a
 * file says (eight bytes, nanoseconds, signed), mapped once, so that all of its programs see a step in the same instant. Clocks that
 * nobody sets (CLOCK_MONOTONIC, CLOCK_BOOTTIME) and the times that the kernel gives files by itself stay as they are.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static const volatile int64_t *shift;

__attribute__((constructor)) static void map_shift(void) {
  int file = open("/usr/local/lib/clock-shift", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  if (lseek(file, 0, SEEK_END) >= (off_t)sizeof *shift) {
    void *at = mmap(NULL, sizeof *shift, PROT_READ, MAP_SHARED, file, 0);
    if (at != MAP_FAILED) shift = at;
  }
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result != 0 || shift == NULL || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return result;
  int64_t at = now->tv_sec * SECOND + now->tv_nsec + *shift;
  now->tv_sec = at / SECOND;
  now->tv_nsec = at % SECOND;
  return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec at;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &at) != 0) return -1;
  now->tv_sec = at.tv_sec;
  now->tv_usec = at.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec at;
  if (clock_gettime(CLOCK_REALTIME, &at) != 0) return -1;
  if (now != NULL) *now = at.tv_sec;
  return at.tv_sec;
}
