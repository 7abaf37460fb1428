#include "support/headers.h"
