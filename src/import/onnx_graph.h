#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/budget.h"
#include "onnx/model.h"

namespace ganlet::importing {

using Sizes = std::vector<std::int64_t>;

/// An attribute of a node. Unlike ONNX's it can be copied, and so appear in initializer lists.
struct Attribute {
  std::string_view name; ///< a literal
  std::variant<std::int64_t, float, std::string, Sizes> value;
};

template <typename T> Attribute attribute(std::string_view name, T value) {
  return {name, std::move(value)};
}

/// The names of a node's inputs. A list of them passes addresses and is copied here: copying in each of the many places
/// that make nodes took more code.
class Names {
 public:
  class Name {
   public:
    Name(const std::string& name) : name_(name) {}
    operator const std::string&() const { return name_; }

   private:
    const std::string& name_;
  };

  Names(std::initializer_list<Name> names);
  Names(std::vector<std::string> names);

  std::vector<std::string> take() && { return std::move(names_); }

 private:
  std::vector<std::string> names_;
};

/// Builds an ONNX model. Names given to it are made unique.
class OnnxGraph {
 public:
  /// `framework` becomes the name of the graph and the place of its errors.
  OnnxGraph(std::string framework, const Limits& limits, Budget& budget);

  /// The output of a new node. Errors: limit_exceeded.
  Result<std::string> node(std::string_view op_type, Names inputs, std::vector<Attribute> attributes = {});
  std::string constant(Tensor tensor);
  std::string number(float value);
  std::string integers(const Sizes& values);
  /// The input `sizes` of a Resize of `picture` (N,C,...) to (N,C) followed by `to`. Errors: those of `node`.
  Result<std::string> sizes_of_resize(const std::string& picture, const Sizes& to);

  /// Returns the name in the graph. A size of -1 is the batch, which stays open.
  std::string add_input(const std::string& name, DataType type, const Sizes& sizes);
  Result<void> add_output(const std::string& name, const std::string& value, DataType type, const Sizes& sizes);

  /// Sets the prefix for the names of the following nodes.
  void begin(std::string layer) { layer_ = std::move(layer); }
  const Limits& limits() const { return limits_; }
  Budget& budget() { return budget_; }
  onnx::Model take() && { return std::move(model_); }

 protected:
  std::string unused(std::string name);

  onnx::Model model_;

 private:
  const Limits& limits_;
  Budget& budget_;
  std::string layer_;
  std::map<std::string, int> used_;
};

/// An axis for each size; -1 is the batch, which stays open.
std::vector<onnx::Dimension> dimensions_of(const Sizes& sizes);

} // namespace ganlet::importing
