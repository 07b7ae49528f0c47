// Reads folders of pictures with several threads, over and over, for ThreadSanitizer to watch; each time
// starts and ends threads, some in the middle of the work. Whatever the number of threads, the pictures come
// in one order.
//
//   loader_threads TIMES           exits with 1 where something differs, is left open or does not end
//   loader_threads TIMES --race    with a race planted, which the sanitizer must find
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/parallel.h"
#include "data/folder_reader.h"
#include "images/png.h"
#include "support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;

constexpr int64_t kPictures = 24, kSide = 12;

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

void write_pictures(const fs::path& folder) {
  for (int64_t i = 0; i < kPictures; ++i) {
    vae::Image image{kSide + i % 3, kSide, 3, {}};
    image.pixels.assign(static_cast<size_t>(image.width * image.height * 3), static_cast<uint8_t>(10 * i));
    vae::write_png(folder / fmt::format("{:02}.png", i), image);
  }
}

int64_t count_entries(const char* folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

/// Pictures one after another, as training sees them.
std::vector<uint8_t> read(const fs::path& folder, const vae::CacheConfig& cache, int64_t threads) {
  const vae::FolderPictures pictures =
      vae::read_folder({.path = folder, .height = kSide, .width = kSide}, cache, threads);
  const size_t row = kSide * kSide * 3;
  std::vector<uint8_t> pixels;
  for (const int64_t index : pictures.rows) {
    const auto picture = pictures.pixels.bytes.subspan(static_cast<size_t>(index) * row, row);
    pixels.insert(pixels.end(), picture.begin(), picture.end());
  }
  return pixels;
}

/// A failure in the middle ends the others, too.
void stop_half_way(int64_t threads) {
  std::atomic<int64_t> done = 0;
  try {
    vae::for_each_index(kPictures, threads, [&](int64_t index) {
      if (index == kPictures / 2) throw std::runtime_error("stop");
      ++done;
    });
  } catch (const std::runtime_error&) {
    require(done >= kPictures / 2 && done < kPictures, "a failure that stops the others");
    return;
  }
  require(false, "a failure that is passed on");
}

void read_again_and_again(const fs::path& folder, int64_t times) {
  const std::vector<uint8_t> expected = read(folder, vae::NoCache{}, 1);
  read(folder, vae::NoCache{}, 4);
  const int64_t open_files = count_entries("/proc/self/fd");
  for (int64_t i = 0; i < times; ++i) {
    const int64_t threads = 2 + i % 7;
    require(read(folder, vae::NoCache{}, threads) == expected, "the same pictures without a cache");
    vae::test::TemporaryFolder cache;
    for (int twice = 0; twice < 2; ++twice) {
      require(read(folder, vae::FolderCache{cache.path()}, threads) == expected, "the same through a cache");
    }
    stop_half_way(threads);
  }
  require(count_entries("/proc/self/fd") == open_files, "all files closed");
}

void race(int64_t times) {
  int64_t count = 0;
  for (int64_t i = 0; i < times; ++i) {
    vae::for_each_index(kPictures, 4, [&](int64_t) {
      ++count;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // for another to begin meanwhile
    });
  }
  fmt::print("counted {}\n", count);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int64_t times = std::atoll(argv[1]);
  spdlog::set_level(spdlog::level::off);
  try {
    if (argc > 2 && std::strcmp(argv[2], "--race") == 0) {
      race(times);
      return 0;
    }
    const vae::test::TemporaryFolder folder;
    write_pictures(folder.path());
    read_again_and_again(folder.path(), times);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
  fmt::print("{} times started and stopped\n", 4 * times);
  return 0;
}
