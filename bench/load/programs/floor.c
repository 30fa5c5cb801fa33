/*
 * The floor: the least that a client can do for one request on a connection of its own. One epoll instance; each
 * connection is connect, send, read, close. Closed loop with IN_FLIGHT connections; no schedule, no latencies, no
 * parsing beyond the status line.
 *
 *   floor PORT IN_FLIGHT DURATION_MS
 *
 * Prints {"done":N,"failed":N}.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256 };

static const char request[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
static const char status[] = "HTTP/1.1 200";
static struct sockaddr_in address;
static int poller;
static uint64_t done, failed;
static unsigned char sent[1 << 20]; /* by descriptor */

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

static void open_connection(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    failed++;
    return;
  }
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    failed++;
    close(fd);
    return;
  }
  /* On one host the handshake is over when connect(2) returns, though it says that it is in progress. */
  sent[fd] = send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == (ssize_t)sizeof request - 1;
  struct epoll_event event = {.events = EPOLLIN | (sent[fd] ? 0 : EPOLLOUT) | EPOLLET, .data.fd = fd};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0) {
    failed++;
    close(fd);
  }
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fputs("usage: floor PORT IN_FLIGHT DURATION_MS\n", stderr);
    return 2;
  }
  address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  poller = epoll_create1(EPOLL_CLOEXEC);
  int wanted = atoi(argv[2]);
  uint64_t until = now_ms() + strtoull(argv[3], NULL, 10);
  for (int i = 0; i < wanted; i++) open_connection();
  struct epoll_event events[EVENTS];
  while (now_ms() < until) {
    int count = epoll_wait(poller, events, EVENTS, 100);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (!sent[fd]) {
        if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == (ssize_t)sizeof request - 1) {
          sent[fd] = 1;
          continue;
        }
        failed++;
      } else {
        if (!(events[i].events & EPOLLIN)) continue;
        char response[4096];
        ssize_t size = recv(fd, response, sizeof response, 0);
        if (size < 0 && errno == EAGAIN) continue;
        if (size >= (ssize_t)sizeof status - 1 && memcmp(response, status, sizeof status - 1) == 0) done++;
        else failed++;
      }
      sent[fd] = 0;
      close(fd);
      open_connection();
    }
  }
  printf("{\"done\":%llu,\"failed\":%llu}\n", (unsigned long long)done, (unsigned long long)failed);
  return 0;
}
