// One function, compiled for several generations of x86 processors; the best is chosen when the program
// starts.
#pragma once

// Off under ThreadSanitizer, whose instrumentation of the chooser runs before its run-time library is ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define VAE_TARGET_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VAE_TARGET_CLONES
#endif
