#include "import_program.h"

namespace ganlet::c {

Result<onnx::Model> read_model(importing::Bytes file, const importing::ImportOptions& options, const Limits& limits,
                               Budget& budget) {
  return importing::read_keras(file, options, limits, budget);
}

} // namespace ganlet::c
