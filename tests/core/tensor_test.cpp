#include "core/tensor.h"

#include <utility>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

TEST(Tensor, StartsAsZerosWithSlackBehind) {
  const Tensor tensor(DataType::float32, Shape{3, 5});
  EXPECT_EQ(tensor.bytes(), 60);
  const auto* bytes = static_cast<const std::byte*>(tensor.view().data);
  // Under the address sanitizer this proves that the slack is there.
  for (std::size_t i = 0; i < tensor.bytes() + Tensor::slack; ++i)
    ASSERT_EQ(bytes[i], std::byte{0});
}

TEST(Tensor, SizesOfTypes) {
  EXPECT_EQ(Tensor(DataType::float32, Shape{10}).bytes(), 40);
  EXPECT_EQ(Tensor(DataType::int64, Shape{10}).bytes(), 80);
  EXPECT_EQ(Tensor(DataType::boolean, Shape{10}).bytes(), 10);
  EXPECT_EQ(Tensor(DataType::int8, Shape{10}).bytes(), 10);
  EXPECT_EQ(Tensor(DataType::int64, Shape{0, 3}).bytes(), 0);
}

TEST(Tensor, OfCopiesItsValues) {
  const Tensor tensor = Tensor::of<std::int64_t>(Shape{2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(tensor.type(), DataType::int64);
  EXPECT_EQ(tensor.as<std::int64_t>()[3], 4);
}

TEST(Tensor, CloneSharesNothing) {
  Tensor tensor = Tensor::of<std::int8_t>(Shape{2}, {std::int8_t{1}, std::int8_t{2}});
  tensor.scale = {0.5F, 0.25F};
  const Tensor copy = tensor.clone();
  tensor.as<std::int8_t>()[0] = 9;
  tensor.scale[0] = 9;
  EXPECT_EQ(copy.as<std::int8_t>()[0], 1);
  EXPECT_EQ(copy.as<std::int8_t>()[1], 2);
  EXPECT_EQ(copy.scale, (std::vector{0.5F, 0.25F}));
}

TEST(Tensor, ReshapedKeepsTheBuffer) {
  Tensor tensor = Tensor::of<float>(Shape{2, 3}, {1, 2, 3, 4, 5, 6});
  const void* const data = tensor.view().data;
  const Tensor reshaped = std::move(tensor).reshaped(Shape{6});
  EXPECT_EQ(reshaped.shape(), Shape{6});
  EXPECT_EQ(reshaped.view().data, data);
}

TEST(Tensor, TypesHaveNames) {
  EXPECT_EQ(name_of(DataType::float32), "float32");
  EXPECT_EQ(name_of(DataType::int64), "int64");
  EXPECT_EQ(name_of(DataType::boolean), "bool");
  EXPECT_EQ(name_of(DataType::int8), "int8");
}

} // namespace
} // namespace ganlet
