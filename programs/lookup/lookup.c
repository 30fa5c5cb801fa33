// lookup THREADS looks names up as applications do, by getaddrinfo of the libc that it is linked with, at most THREADS
// at a time. Each line "id name" on stdin is answered by a line "id code errno count address" on stdout, in the order
// in which the look-ups end: getaddrinfo's return value, errno after it, how many addresses, and the first or "-".
// It ends with its stdin.
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
  STACK_BYTES = 512 * 1024, // musl's default, 128 KiB, leaves little above its buffers for answers
  MOST_THREADS = 10000,
};

static void print_result(const char *id, int code, int error, struct addrinfo *found) {
  char address[NI_MAXHOST] = "-";
  int count = 0;
  for (struct addrinfo *each = found; each; each = each->ai_next) count++;
  if (found) getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST);
  printf("%s %d %d %d %s\n", id, code, error, count, address); // one call, so one whole line
}

static void look_up(const char *id, const char *name) {
  // What most applications ask for: both families, and no AI_ADDRCONFIG, with which glibc would leave out AAAA in pods
  // that have no IPv6 address at all.
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *found = NULL;
  errno = 0;
  int code = getaddrinfo(name, NULL, &hints, &found);
  print_result(id, code, errno, code ? NULL : found);
  if (!code) freeaddrinfo(found);
}

static void *work(void *unused) {
  char *line = NULL;
  size_t room = 0;
  char id[32], name[256];
  while (getline(&line, &room, stdin) > 0) // stdin's own lock gives each thread whole lines
    if (sscanf(line, "%31s %255s", id, name) == 2) look_up(id, name);
  free(line);
  return unused;
}

int main(int count, char **arguments) {
  int threads = count == 2 ? atoi(arguments[1]) : 0;
  if (threads < 1 || threads > MOST_THREADS) {
    fputs("usage: lookup THREADS\n", stderr);
    return 2;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK_BYTES);
  pthread_t started[threads];
  for (int each = 0; each < threads; each++)
    if (pthread_create(&started[each], &attributes, work, NULL)) {
      fprintf(stderr, "lookup: only %d of %d threads can be had\n", each, threads);
      return 1;
    }
  for (int each = 0; each < threads; each++) pthread_join(started[each], NULL);
  return 0;
}
