/*
 * sync(2) writes every disk of the machine that runs the hosts, those of other hosts, too: what a power cut was to lose is then on the disk,
 * and the cut says nothing. A scanner is a machine of its own, whose sync(2) writes its own disks and waits for them; so does this one.
 * Preloaded into every program of a host; a program that asks the kernel itself is refused (--system-call-filter), and syncs nothing.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

void sync(void) {
  static const char *const disks[] = {"/", "/nix", "/var", "/boot"};
  for (unsigned int at = 0; at < sizeof disks / sizeof *disks; at += 1) {
    int disk = open(disks[at], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (disk < 0) continue;
    syncfs(disk);
    close(disk);
  }
}
