/*
 * Remembers when the kernel took each SYN that went to a port: any tool's schedule, seen from outside and without the
 * target's own hold-ups. On loopback that instant lies within the client's connect(2).
 *
 *   witness PORT INSTANTS_FILE
 *
 * Prints {"watching":PORT} when it is ready. Ends on SIGTERM; then writes a 64-bit instant for each SYN (CLOCK_REALTIME,
 * ns, native byte order). Fails if the kernel had to drop any. Looks in its network namespace only, and needs
 * CAP_NET_RAW there.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_INSTANTS = 4000000, BUFFER_BYTES = 256 << 20, DRAIN_EVERY_MS = 20 };

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static uint64_t *instants;
static size_t count;
static volatile sig_atomic_t stopping;

static void fail(const char *what) {
  fprintf(stderr, "witness: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

/* IPv4, TCP, to the port, SYN without ACK. */
static void filter(int fd, uint16_t port) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 7),
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 4),
      BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) fail("SO_ATTACH_FILTER");
}

static int watch(uint16_t port) {
  int on = 1, bytes = BUFFER_BYTES;
  int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); /* protocol 0: nothing yet */
  if (fd < 0) fail("socket");
  filter(fd, port);
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) fail("SO_TIMESTAMPNS");
  if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0) fail("PACKET_IGNORE_OUTGOING");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0) fail("SO_RCVBUFFORCE");
  struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
  if (bind(fd, (struct sockaddr *)&all, sizeof all) < 0) fail("bind");
  return fd;
}

static void drain(int fd) {
  for (;;) {
    char byte, control[128];
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    if (recvmsg(fd, &message, 0) < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      fail("recvmsg");
    }
    for (struct cmsghdr *each = CMSG_FIRSTHDR(&message); each != NULL; each = CMSG_NXTHDR(&message, each)) {
      if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_TIMESTAMPNS || count == MOST_INSTANTS) continue;
      struct timespec t;
      memcpy(&t, CMSG_DATA(each), sizeof t);
      instants[count++] = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fputs("usage: witness PORT INSTANTS_FILE\n", stderr);
    return 2;
  }
  instants = mmap(NULL, MOST_INSTANTS * sizeof *instants, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (instants == MAP_FAILED) fail("mmap");
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  int fd = watch((uint16_t)atoi(argv[1]));
  printf("{\"watching\":%s}\n", argv[1]);
  fflush(stdout);
  /* Nobody sleeps in recvmsg: waking it up at each SYN would be on the tool's account. */
  struct timespec pause = {.tv_nsec = DRAIN_EVERY_MS * 1000000l};
  while (!stopping) {
    drain(fd);
    nanosleep(&pause, NULL);
  }
  drain(fd);
  struct tpacket_stats seen;
  socklen_t size = sizeof seen;
  if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &seen, &size) < 0) fail("PACKET_STATISTICS");
  if (seen.tp_drops > 0 || count == MOST_INSTANTS) {
    fprintf(stderr, "witness: %u SYNs were not seen\n", seen.tp_drops);
    return 1;
  }
  FILE *file = fopen(argv[2], "we");
  if (file == NULL || fwrite(instants, sizeof *instants, count, file) != count || fclose(file) != 0) fail(argv[2]);
  return 0;
}
