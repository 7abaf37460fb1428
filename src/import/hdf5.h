#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/limits.h"
#include "core/tensor.h"
#include "import/bytes.h"

namespace ganlet::importing {

/// Reads an HDF5 file (HDF5 File Format Specification 3.0), as far as h5py and Keras write the format: superblocks 0 to
/// 3; groups and attributes in every kind of storage; arrays of numbers that are compact, contiguous or in chunks under
/// every index, with the filters deflate, shuffle and Fletcher-32. Refers to the file's bytes, which must outlive it.
///
/// All arrays together may take four times `Limits::file_bytes`.
///
/// Errors: corrupt (damaged or truncated), unsupported (the message names the feature), limit_exceeded and cancelled,
/// at a place such as `hdf5 'model_weights/dense'`. Every offset and size in the file is checked before it is used,
/// every byte looked at is taken from the budget, and cycles are refused.
///
///     GANLET_TRY(Hdf5 file, Hdf5::open(bytes, limits, budget));
///     GANLET_TRY(const auto group, file.find(file.root(), "model_weights/dense/dense"));
///     GANLET_TRY(const Tensor kernel, file.array(group->at("kernel:0")));
class Hdf5 {
 public:
  /// A group or an array.
  struct Object {
    std::uint64_t header = 0; ///< the address of its header
    std::string path;         ///< "" is the root
  };

  /// `budget` must outlive this.
  static Result<Hdf5> open(Bytes file, const Limits& limits, Budget& budget);

  const Object& root() const { return root_; }
  /// The members of a group, by name; empty for an array. Soft and external links are left out.
  Result<std::map<std::string, Object>> children(const Object& group) const;
  /// The object at a path below `group`, with names separated by '/'; empty if there is none.
  Result<std::optional<Object>> find(const Object& group, std::string_view path) const;
  Result<bool> is_array(const Object& object) const;

  /// The strings of an attribute, of fixed or variable length, as one list; empty if the object has no such attribute.
  /// Lists too long for one attribute are read from `name`0, `name`1, ..., into which Keras splits them.
  Result<std::optional<std::vector<std::string>>> strings(const Object& object, std::string_view name) const;

  /// The sizes of an array, without its elements.
  Result<std::vector<std::int64_t>> sizes(const Object& array) const;
  /// The elements of an array, of either byte order. float16, bfloat16, float32 and float64 become float32; integers
  /// become int64.
  Result<Tensor> array(const Object& array) const;

  struct File;

 private:
  Hdf5() = default;

  std::shared_ptr<const File> file_;
  Object root_;
};

/// Whether a file begins as HDF5 files do.
bool is_hdf5(Bytes file);

} // namespace ganlet::importing
