#include "distributed/local_address.h"

#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "core/error.h"
#include "core/file_descriptor.h"

namespace vae {
namespace {

constexpr const char* kAnyPort = "9";  // nothing is sent

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), kAnyPort, &hints, &found); error != 0) {
    throw UsageError("MASTER_ADDR=\"{}\": {}; expected the name or address of rank 0's machine", host,
                     gai_strerror(error));
  }
  return {found, &freeaddrinfo};
}

}  // namespace

std::string local_address_towards(const std::string& host) {
  const Addresses addresses = resolve(host);
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const FileDescriptor socket(::socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // Of a datagram socket this only chooses the way.
    if (!socket.is_open() || connect(socket.get(), address->ai_addr, address->ai_addrlen) != 0) continue;
    sockaddr_storage own = {};
    socklen_t length = sizeof own;
    std::array<char, NI_MAXHOST> name = {};
    auto* const generic = reinterpret_cast<sockaddr*>(&own);
    if (getsockname(socket.get(), generic, &length) != 0) continue;
    if (getnameinfo(generic, length, name.data(), name.size(), nullptr, 0, NI_NUMERICHOST) != 0) continue;
    return name.data();
  }
  throw UsageError("MASTER_ADDR=\"{}\": no way there ({})", host,
                   std::error_code(errno, std::generic_category()).message());
}

}  // namespace vae
