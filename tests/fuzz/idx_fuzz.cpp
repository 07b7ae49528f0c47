// Whatever the bytes of pictures and labels: a data set, all of which can be read, or a DataError. The first
// byte says where the file of labels begins; below 2 there is none.
#include "data/idx.h"

#include <vector>

#include "core/error.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span<const std::byte> bytes = vae::fuzz::bytes_of(data + 1, size - 1);
  const size_t cut = data[0] < 2 ? bytes.size() : std::min<size_t>(data[0], bytes.size());
  const vae::fuzz::MemoryFile images(bytes.first(cut)), labels(bytes.subspan(cut));
  vae::IdxConfig config = {.images = images.path()};
  if (cut < bytes.size()) config.labels = labels.path();
  try {
    const vae::IdxDataset dataset(config);
    std::vector<uint8_t> pixels(static_cast<size_t>(dataset.shape().elements()));
    for (int64_t i = 0; i < std::min<int64_t>(dataset.size(), 100); ++i) {
      dataset.get(i, pixels);
      dataset.label(i);
    }
  } catch (const vae::DataError&) {
  } catch (const vae::MemoryError&) {
  }
  return 0;
}
