#ifndef GANLET_C_H
#define GANLET_C_H

/* The library as plain C, for engine.js and any other language. One thread at a time.
 *
 * A function that fails says so by what it returns; `ganlet_error` then tells what went wrong. Text is UTF-8; what is
 * returned as text ends with a NUL and is valid until the next call of any function here. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `used` makes the linker export it. */
#define GANLET_API __attribute__((used, visibility("default")))

typedef struct ganlet_model ganlet_model;

/* Memory for what is handed over. Null where there isn't any. */
GANLET_API void* ganlet_allocate(size_t bytes);
GANLET_API void ganlet_free(void* memory);

/* The last failure as JSON: {"code": "invalid_argument", "place": "label", "message": "must be 0 to 9, is 12"}. */
GANLET_API const char* ganlet_error(void);

/* Reads and compiles a generator from the bytes of an ONNX file, which it doesn't keep.
 * `description` is what a model.json says: pairs of a key and a value, each ended by a NUL, `size` bytes in all. Keys:
 * id, title, distribution (normal, uniform), latent_size, width, height, channels, low, high (the range of values, as
 * the bits of floats in decimal), class (once for each, in order), preparation (square, digit: of pictures for an
 * encoder), latent, label, image (which input or output is that); bytes and sha256 are what the file must have. All are
 * optional. Null on failure. */
GANLET_API ganlet_model* ganlet_load(const void* onnx, size_t bytes, const char* description, size_t size);
GANLET_API void ganlet_dispose(ganlet_model* model);

/* Reads and compiles a network that is no generator, such as one of a style-based model's two, to be run on arrays; of
 * `description` only bytes and sha256 count. Null on failure. The functions that draw don't take it. */
GANLET_API ganlet_model* ganlet_load_network(const void* onnx, size_t bytes, const char* description, size_t size);

/* What a model is, as JSON: labels, latentSize, distribution, image, range, inputs, outputs, parameters, multiplyAdds;
 * of a network, from inputs on. */
GANLET_API const char* ganlet_info(ganlet_model* model);

/* The latent vector of a seed: as many floats as info's latentSize. */
GANLET_API void ganlet_latent(ganlet_model* model, uint64_t seed, float* out);

/* `count` standard normal numbers of a seed: a style-based model's noise. */
GANLET_API void ganlet_normal(uint64_t seed, float* out, size_t count);

/* Reads and compiles the model's encoder from the bytes of an ONNX file; `description` as above. -1 on failure. */
GANLET_API int32_t ganlet_load_encoder(ganlet_model* model, const void* onnx, size_t bytes, const char* description,
                                       size_t size);
/* How many numbers the encoder gives for a picture; 0 where none is loaded. */
GANLET_API int32_t ganlet_encoded_size(ganlet_model* model);
/* The latent of a picture of any size, 4 * width * height bytes of RGBA: as many floats as ganlet_encoded_size. -1 on
 * failure. */
GANLET_API int32_t ganlet_encode(ganlet_model* model, const uint8_t* pixels, int32_t width, int32_t height, float* out);

/* What to draw. All zero draws one image of seed 0; see `Request` in generator/generator.h for the meaning of each. */
typedef struct {
  uint64_t seed;
  int64_t count;    /* 0: one */
  int64_t label;    /* counts where has_label is set */
  int64_t columns;  /* 0: a text in one row, else nearly a square */
  const char* text; /* null: none */
  size_t text_bytes;
  const float* latents; /* null: by seed */
  size_t latent_count;
  int32_t text_limit;
  float truncation; /* 1: all of the model's variety */
  uint8_t has_label;
  uint8_t vary;
} ganlet_request;

/* Checks a request and begins its picture, which takes the place of the one before. Keeps nothing of what `request`
 * points at. Gives the number of images, or -1. */
GANLET_API int32_t ganlet_begin(ganlet_model* model, const ganlet_request* request);
/* Draws the next few images. Gives how many are left, or -1. */
GANLET_API int32_t ganlet_draw(ganlet_model* model);
/* The picture: 4 * width * height bytes of RGBA. Valid until the next `ganlet_begin` or `ganlet_dispose`. */
GANLET_API const uint8_t* ganlet_picture(ganlet_model* model);
GANLET_API int32_t ganlet_picture_width(ganlet_model* model);
GANLET_API int32_t ganlet_picture_height(ganlet_model* model);
/* Frees the picture. */
GANLET_API void ganlet_end(ganlet_model* model);

/* Sets input `index` of the network, in info's order: copies `bytes` bytes of an array of `rank` sizes. -1 on failure.
 */
GANLET_API int32_t ganlet_set_input(ganlet_model* model, int32_t index, const int64_t* sizes, int32_t rank,
                                    const void* data, size_t bytes);
/* Runs the network on its inputs. Gives its outputs as JSON: [{"name": ..., "type": ..., "shape": [...], "address":
 * ..., "bytes": ...}], whose elements are valid until the next call for this model; null on failure. */
GANLET_API const char* ganlet_run(ganlet_model* model);

#ifdef __cplusplus
}
#endif

#endif
