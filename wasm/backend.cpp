#include "backend.h"

#include "xnn/xnn.h"

const ganlet::Backend& ganlet::c::backend() {
  return xnn::backend;
}
