// Programs as torch.export saves them give what PyTorch computes; and so does the file that is saved of them, in ONNX
// Runtime.

#include "judged.h"

namespace ganlet::test {
namespace {

/// In one test, since writing the programs takes most of its time.
TEST(TorchExport, GivesWhatPyTorchComputes) {
  const Made programs("make_torch.py");
  ASSERT_TRUE(programs.works()) << "python3-torch and python3-numpy are needed (tools/setup.sh)";
  EXPECT_GE(programs.models().size(), 75u);
  for (const fs::path& file : programs.models()) {
    SCOPED_TRACE(file.filename());
    expect_reference_right(file, !file.filename().string().starts_with("ops_"));
#ifdef GANLET_WITH_ONNX_RUNTIME
    expect_onnx_runtime_right(file);
#endif
  }
}

} // namespace
} // namespace ganlet::test
