/*
 * The target of all tools: a small HTTP/1.x server that is not the bottleneck, can stall on purpose, and remembers when
 * each connection came and when its last response went out. From that the bench sees any tool's schedule from outside.
 *
 *   target PORT RECORDS_FILE MOST_RECORDS [STALL_MS EVERY_MS]
 *
 * Prints {"listening":PORT} when it is ready. Ends on SIGTERM; then writes a pair of 64-bit instants for each
 * connection, in the order of acceptance (accepted, last response sent or 0; CLOCK_MONOTONIC, ns, native byte order),
 * and prints what it saw, with the stalls' real beginnings and ends. With stalls, the first begins half a period after
 * the first connection; in a stall the process sleeps: it neither accepts nor reads nor answers, and the kernel's listen
 * queue takes the connections.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, MOST_FILES = 1 << 20, MOST_STALLS = 4096, HEAD_BYTES = 4096, NO_RECORD = -1 };

struct record {
  uint64_t accepted, served;
};

static struct record *records;
static uint64_t most_records, accepted_count, response_count;
static int32_t record_of[MOST_FILES]; /* by descriptor */
static uint64_t stalls[MOST_STALLS][2];
static size_t stall_count;
static volatile sig_atomic_t stopping;

static const char answer_close[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
static const char answer_keep[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n";

static void fail(const char *what) {
  fprintf(stderr, "target: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int wants_close(char *head) {
  if (strstr(head, " HTTP/1.0\r\n") != NULL) return strcasestr(head, "\r\nconnection: keep-alive") == NULL;
  return strcasestr(head, "\r\nconnection: close") != NULL;
}

/* Reads and answers one request; every tool's request fits one read. Returns whether the connection stays open. */
static int serve(int fd, int *waiting) {
  char head[HEAD_BYTES + 1];
  ssize_t count = recv(fd, head, HEAD_BYTES, 0);
  *waiting = count < 0 && (errno == EAGAIN || errno == EINTR);
  if (*waiting) return 1;
  if (count <= 0) return 0;
  head[count] = 0;
  if (strstr(head, "\r\n\r\n") == NULL) return 0;
  int closing = wants_close(head);
  const char *answer = closing ? answer_close : answer_keep;
  size_t size = closing ? sizeof answer_close - 1 : sizeof answer_keep - 1;
  if (send(fd, answer, size, MSG_NOSIGNAL) != (ssize_t)size) return 0;
  response_count++;
  if (record_of[fd] != NO_RECORD) records[record_of[fd]].served = now_ns();
  return !closing;
}

/* A new connection's request is often there already, which saves registering it. */
static void accept_all(int poller, int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (fd >= MOST_FILES) {
      close(fd);
      continue;
    }
    record_of[fd] = NO_RECORD;
    if (accepted_count < most_records) {
      record_of[fd] = (int32_t)accepted_count;
      records[accepted_count].accepted = now_ns();
    }
    accepted_count++;
    int waiting;
    if (!serve(fd, &waiting)) {
      close(fd);
      continue;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) close(fd);
  }
}

static void stall(uint64_t length_ns) {
  uint64_t begun = now_ns(), until = begun + length_ns;
  struct timespec t = {.tv_sec = (time_t)(until / 1000000000u), .tv_nsec = (long)(until % 1000000000u)};
  while (!stopping && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
  }
  if (stall_count < MOST_STALLS) {
    stalls[stall_count][0] = begun;
    stalls[stall_count++][1] = now_ns();
  }
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd < 0) fail("socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
  if (listen(fd, 65535) < 0) fail("listen");
  return fd;
}

static void save(const char *path) {
  uint64_t count = accepted_count < most_records ? accepted_count : most_records;
  FILE *file = fopen(path, "we");
  if (file == NULL || fwrite(records, sizeof *records, count, file) != count || fclose(file) != 0) fail(path);
  printf("{\"accepted\":%llu,\"responses\":%llu,\"recorded\":%llu,\"stallsNs\":[", (unsigned long long)accepted_count,
         (unsigned long long)response_count, (unsigned long long)count);
  for (size_t i = 0; i < stall_count; i++) {
    printf("%s[%llu,%llu]", i ? "," : "", (unsigned long long)stalls[i][0], (unsigned long long)stalls[i][1]);
  }
  struct rusage spent;
  getrusage(RUSAGE_SELF, &spent);
  printf("],\"cpuSeconds\":%.6f}\n",
         (double)(spent.ru_utime.tv_sec + spent.ru_stime.tv_sec) + (double)(spent.ru_utime.tv_usec + spent.ru_stime.tv_usec) / 1e6);
}

int main(int argc, char **argv) {
  if (argc != 4 && argc != 6) {
    fputs("usage: target PORT RECORDS_FILE MOST_RECORDS [STALL_MS EVERY_MS]\n", stderr);
    return 2;
  }
  most_records = strtoull(argv[3], NULL, 10);
  if (most_records > INT32_MAX) most_records = INT32_MAX;
  uint64_t stall_ns = argc == 6 ? strtoull(argv[4], NULL, 10) * 1000000u : 0;
  uint64_t period_ns = argc == 6 ? strtoull(argv[5], NULL, 10) * 1000000u : 0;
  /* Populated: a page fault must not look like a late arrival. */
  records = mmap(NULL, (most_records + 1) * sizeof *records, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (records == MAP_FAILED) fail("mmap");
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);

  int listener = listen_on(atoi(argv[1])), poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
  printf("{\"listening\":%s}\n", argv[1]);
  fflush(stdout);

  uint64_t next_stall = 0;
  struct epoll_event events[EVENTS];
  while (!stopping) {
    int timeout = -1;
    if (next_stall != 0) {
      uint64_t now = now_ns();
      if (now >= next_stall) {
        stall(stall_ns);
        next_stall += period_ns;
        continue;
      }
      timeout = (int)((next_stall - now + 999999u) / 1000000u);
    }
    int count = epoll_wait(poller, events, EVENTS, timeout);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd, waiting;
      if (fd == listener) accept_all(poller, listener);
      else if (!serve(fd, &waiting)) close(fd);
    }
    if (period_ns != 0 && next_stall == 0 && accepted_count > 0) next_stall = now_ns() + period_ns / 2;
  }
  save(argv[2]);
  return 0;
}
