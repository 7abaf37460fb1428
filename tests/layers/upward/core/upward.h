#pragma once

#include "graph/builder.h"
