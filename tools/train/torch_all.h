#pragma once

// libtorch as a whole, precompiled: the header alone takes longer to compile than everything that uses it.
#include <ATen/autocast_mode.h>
#include <torch/torch.h>
