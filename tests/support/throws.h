// Whether something fails with the right error and says the right things.
#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <initializer_list>
#include <string>
#include <string_view>

namespace vae::test {

/// Success where `action` throws an E whose message holds each of `parts`.
template <class E, class Action>
testing::AssertionResult throws(Action&& action, std::initializer_list<std::string_view> parts) {
  try {
    action();
  } catch (const E& error) {
    const std::string message = error.what();
    for (const std::string_view part : parts) {
      if (message.find(part) == std::string::npos) {
        return testing::AssertionFailure() << "\"" << message << "\" does not say \"" << part << "\"";
      }
    }
    return testing::AssertionSuccess();
  } catch (const std::exception& error) {
    return testing::AssertionFailure() << "an error of another type: " << error.what();
  }
  return testing::AssertionFailure() << "no error";
}

}  // namespace vae::test
