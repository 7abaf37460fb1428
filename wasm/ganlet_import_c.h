#ifndef GANLET_IMPORT_C_H
#define GANLET_IMPORT_C_H

/* The importers as plain C, for engine.js: programs without an engine, each for the files of some frameworks. They have
 * ganlet_allocate, ganlet_free and ganlet_error of ganlet_c.h, and the same conventions. */

#include "ganlet_c.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ganlet_import ganlet_import;

/* Begins to import a file, which is copied. Null, without an error, if its format isn't one that is imported. */
GANLET_API ganlet_import* ganlet_import_begin(const void* file, size_t bytes);
/* The names of the further files that it needs, as JSON: ["group1-shard1of1.bin"]. Null on failure. */
GANLET_API const char* ganlet_import_needs(const ganlet_import* import);
/* Gives one of those, which is copied. */
GANLET_API void ganlet_import_give(ganlet_import* import, const char* name, const void* file, size_t bytes);
/* Converts them to an ONNX file. `network` names one of several models in a file; if empty, the one that draws is
 * taken. `chain`, if not 0, has the network of a file that only has tensors guessed. Returns the ONNX file's size; its
 * bytes are at `ganlet_import_file` until the import ends. 0 on failure. */
GANLET_API size_t ganlet_import_run(ganlet_import* import, const char* network, int32_t chain);
GANLET_API const void* ganlet_import_file(const ganlet_import* import);
/* What was guessed for that file, in words; empty if nothing was. Lasts until the import ends. */
GANLET_API const char* ganlet_import_guesses(const ganlet_import* import);
/* Frees it. */
GANLET_API void ganlet_import_end(ganlet_import* import);

#ifdef __cplusplus
}
#endif

#endif
