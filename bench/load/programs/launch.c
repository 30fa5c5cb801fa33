/*
 * Runs a program on one core, before all else there, in a network namespace of the bench's own, and says what it cost.
 *
 *   launch --new-network | --network PID   --cpu N  --usage FILE  PROGRAM ARG...
 *
 * --new-network makes the namespace, which is gone with the last process in it. FILE gets one line of JSON: the exit
 * status, the signal, user and system time and the largest resident size, all threads and waited-for children
 * included (wait4(2)). A program that is started from here rather than from Node begins with a small resident size:
 * across exec(2) the kernel keeps the highest one. Ends with its parent, and the program ends with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child;

static void fail(const char *what) {
  fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
  exit(125);
}

static void pass_on(int signal) {
  if (child > 0) kill(child, signal);
}

static void write_sysctl(const char *path, const char *value) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, value, strlen(value)) < 0) fail(path);
  close(fd);
}

/* The same for all tools: as many ports as there are, used again after a second, and a listen queue that holds a stall. */
static void set_up_network(void) {
  if (unshare(CLONE_NEWNET) < 0) fail("a network namespace of its own (root is needed)");
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0) fail("lo up");
  close(fd);
  write_sysctl("/proc/sys/net/ipv4/ip_local_port_range", "1024 65535");
  write_sysctl("/proc/sys/net/ipv4/tcp_tw_reuse", "1");
  write_sysctl("/proc/sys/net/core/somaxconn", "65535");
  write_sysctl("/proc/sys/net/ipv4/tcp_max_syn_backlog", "65535");
}

static void enter_network(const char *pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) fail(path);
  close(fd);
}

static void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) < 0) fail("sched_setaffinity");
}

/* What else the machine does shall wait for tool and target, not they for it. Without the right to
 * do so they run as they are. */
static void before_others(void) {
  if (setpriority(PRIO_PROCESS, 0, -20) < 0 && errno != EACCES && errno != EPERM) fail("setpriority");
}

static void end_with_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) exit(125); /* it was gone before that took effect */
}

int main(int argc, char **argv) {
  const char *usage = NULL;
  int next = 1;
  end_with_parent(getppid());
  for (; next < argc && strncmp(argv[next], "--", 2) == 0; next++) {
    const char *option = argv[next];
    if (strcmp(option, "--new-network") == 0) {
      set_up_network();
      continue;
    }
    if (++next >= argc) break;
    if (strcmp(option, "--network") == 0) enter_network(argv[next]);
    else if (strcmp(option, "--cpu") == 0) pin(atoi(argv[next]));
    else if (strcmp(option, "--usage") == 0) usage = argv[next];
    else next = argc;
  }
  if (next >= argc || usage == NULL) {
    fputs("usage: launch --new-network|--network PID --cpu N --usage FILE PROGRAM ARG...\n", stderr);
    return 125;
  }

  struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  pid_t self = getpid();
  child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    end_with_parent(self);
    before_others();
    execvp(argv[next], argv + next);
    fprintf(stderr, "launch: %s: %s\n", argv[next], strerror(errno));
    _exit(127);
  }

  int status;
  struct rusage spent;
  while (wait4(child, &status, 0, &spent) < 0)
    if (errno != EINTR) fail("wait4");
  FILE *file = fopen(usage, "we");
  if (file == NULL) fail(usage);
  fprintf(file, "{\"exitCode\":%d,\"signal\":%d,\"userSeconds\":%ld.%06ld,\"systemSeconds\":%ld.%06ld,\"maxRssBytes\":%lld}\n",
          WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
          (long)spent.ru_utime.tv_sec, (long)spent.ru_utime.tv_usec, (long)spent.ru_stime.tv_sec,
          (long)spent.ru_stime.tv_usec, (long long)spent.ru_maxrss * 1024);
  if (fclose(file) != 0) fail(usage);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
