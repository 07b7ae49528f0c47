// What may go wrong with the file system, at a chosen moment: preloaded into the program (LD_PRELOAD), it counts the
// calls on files whose path holds VAE_FAULT_PATH and, at the VAE_FAULT_AT-th, does what VAE_FAULT says:
//   kill     the process dies before the call
//   after    it dies behind the call
//   half     of a write only the first half arrives, then it dies
//   ERRNO    (a number) the call fails so, and so do the VAE_FAULT_COUNT - 1 calls after it (1 by default)
// VAE_FAULT_CALL restricts it to one of write, fsync, link (how a nameless file gets its name), "second name", rename. With VAE_FAULT=list every call is written to the
// file VAE_FAULT_LIST, one a line.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum action { kProceed, kFail, kHalf, kDieAfter };

static long calls_seen = 0;  // the program writes its checkpoints from one thread

static void die(void) { kill(getpid(), SIGKILL); }

static long number(const char* name, long otherwise) {
  const char* text = getenv(name);
  return text ? atol(text) : otherwise;
}

static void list(const char* call, const char* path) {
  const int file = open(getenv("VAE_FAULT_LIST"), O_WRONLY | O_CREAT | O_APPEND, 0666);
  dprintf(file, "%s\t%s\n", call, path);
  close(file);
}

static enum action decide(const char* call, const char* path) {
  const char* fault = getenv("VAE_FAULT");
  const char* wanted_path = getenv("VAE_FAULT_PATH");
  const char* wanted_call = getenv("VAE_FAULT_CALL");
  if (!fault || (wanted_path && !strstr(path, wanted_path)) || (wanted_call && strcmp(call, wanted_call) != 0)) {
    return kProceed;
  }
  if (strcmp(fault, "list") == 0) {
    list(call, path);
    return kProceed;
  }
  const long first = number("VAE_FAULT_AT", 1);
  const long last = first + number("VAE_FAULT_COUNT", 1) - 1;
  ++calls_seen;
  if (calls_seen < first || calls_seen > last) return kProceed;
  if (strcmp(fault, "kill") == 0) die();
  if (strcmp(fault, "after") == 0) return kDieAfter;
  if (strcmp(fault, "half") == 0) return kHalf;
  errno = atoi(fault);
  return kFail;
}

static enum action decide_of(const char* call, int file) {
  char name[64], path[4096];
  snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
  const ssize_t size = readlink(name, path, sizeof(path) - 1);
  path[size < 0 ? 0 : size] = '\0';
  return decide(call, path);
}

#define NEXT(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

#define INTERPOSE(decision, call, half_call) \
  const enum action action = decision;       \
  if (action == kFail) return -1;            \
  if (action == kHalf) {                     \
    half_call;                               \
    die();                                   \
  }                                          \
  const __typeof__(call) result = call;      \
  if (action == kDieAfter) die();            \
  return result;

ssize_t write(int file, const void* bytes, size_t size) {
  INTERPOSE(decide_of("write", file), NEXT(write)(file, bytes, size), NEXT(write)(file, bytes, size / 2))
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  INTERPOSE(decide_of("write", file), NEXT(pwrite)(file, bytes, size, offset),
            NEXT(pwrite)(file, bytes, size / 2, offset))
}

int fsync(int file) { INTERPOSE(decide_of("fsync", file), NEXT(fsync)(file), ) }

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  INTERPOSE(decide("link", to), NEXT(linkat)(from_folder, from, to_folder, to, flags), )
}

int link(const char* from, const char* to) { INTERPOSE(decide("second name", to), NEXT(link)(from, to), ) }

int rename(const char* from, const char* to) { INTERPOSE(decide("rename", to), NEXT(rename)(from, to), ) }
