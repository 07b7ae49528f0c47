#include "config/node.h"

#include "config/override.h"
#include "config/utf8.h"

#include <gtest/gtest.h>

namespace vae::detail {

TEST(Shortened, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(shortened("short"), "short");
  std::string text = "x";
  for (int i = 0; i < 50; ++i) text += "ü";
  EXPECT_LT(shortened(text).size(), text.size());
  EXPECT_EQ(find_invalid_utf8(shortened(text)), std::nullopt);
}

TEST(Shortened, LooksNowhereOutsideATextOfPartsOfCharacters) {
  const std::string parts(70, '\x9f');
  EXPECT_EQ(shortened(parts), parts.substr(0, 56) + "...");
}

TEST(Origin, NamesTheLineOfAFile) {
  EXPECT_EQ((Origin{"a.json", 3}.text()), "a.json:3");
  EXPECT_EQ((Origin{"--set a=1", 0}.text()), "--set a=1");
}

TEST(WithOrigin, HoldsForEverythingInside) {
  Node array = Node::array();
  array.children.push_back(Node::string("x"));
  Node object = Node::object();
  object.add("key", array);
  const Node moved = with_origin(object, {"a.json", 3});
  EXPECT_EQ(moved.origin.line, 3);
  EXPECT_EQ(moved.children[0].origin.line, 3);
  EXPECT_EQ(moved.children[0].children[0].origin.line, 3);
}

}  // namespace vae::detail
