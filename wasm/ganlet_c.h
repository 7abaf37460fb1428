#ifndef GANLET_C_H
#define GANLET_C_H

/* The library as plain C, for engine.js and any other language. One thread at a time.
 *
 * A function signals failure by its return value; `ganlet_error` then says what went wrong. Text is UTF-8. Returned
 * text ends with a NUL and is valid until the next call of any function here. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `used` makes the linker export it. */
#define GANLET_API __attribute__((used, visibility("default")))

typedef struct ganlet_model ganlet_model;
typedef struct ganlet_drawing ganlet_drawing;

/* Memory for passing data in. Null if there isn't enough. */
GANLET_API void* ganlet_allocate(size_t bytes);
GANLET_API void ganlet_free(void* memory);

/* The last failure as JSON: {"code": "invalid_argument", "place": "label", "message": "must be 0 to 9, is 12"}. */
GANLET_API const char* ganlet_error(void);

/* Opens a model from the text of its model.json; `place`, such as its URL, names that file in errors. `part` is the
 * network that draws: "generator", "generator_f32", or the name of any part. At first the model has none of its files:
 * `ganlet_needs` lists those that a call lacks, and `ganlet_give` passes them in. Null on failure. */
GANLET_API ganlet_model* ganlet_open(const char* model_json, size_t bytes, const char* place, const char* part);
/* Opens a model that is a single bare file, whose bytes aren't kept; `name` becomes its id. Null on failure. */
GANLET_API ganlet_model* ganlet_open_file(const void* file, size_t bytes, const char* name);
/* Frees a model; unfinished drawings keep what they need. */
GANLET_API void ganlet_close(ganlet_model* model);

/* The files that a call lacks, as JSON: [{"part": "mapping", "file": "mapping.onnx", "bytes": 63015, "sha256": "..."},
 * ...]; `bytes` is the largest size allowed, and `sha256` is empty if it isn't known. `purpose` is "draw" (with
 * `request` as for ganlet_drawing_begin), "encode", or "info" (also for ganlet_latent and ganlet_run). Null on failure.
 */
GANLET_API const char* ganlet_needs(ganlet_model* model, const char* purpose, const char* request);
/* Passes in a file, which is checked, read and compiled; its bytes aren't kept. -1 on failure. */
GANLET_API int32_t ganlet_give(ganlet_model* model, const char* part, const void* file, size_t bytes);

/* Describes a model, as JSON: id, title, version, description, license, trainingData, labels, training, metrics,
 * hasEncoder, hasStyles, takesPictures, part; if it draws, also latentSize, distribution, image, range, styleLayers;
 * measuredPictures if the range was measured over pictures; and for the network whose output is the image: inputs,
 * outputs, parameters and multiplyAdds. While it measures, JSON's null: the next call goes on. Null on failure. */
GANLET_API const char* ganlet_info(ganlet_model* model);

/* Writes the latent vector of a request's seed: as many floats as info's latentSize. -1 on failure. */
GANLET_API int32_t ganlet_latent(ganlet_model* model, const char* request, float* out);

/* Begins a picture. `request` is JSON with the fields of DrawRequest in generator/draw_request.h; null or {} is one
 * image of seed 0. If `latent_count` isn't 0, `latents` are the request's latents. Null on failure. */
GANLET_API ganlet_drawing* ganlet_drawing_begin(ganlet_model* model, const char* request, const float* latents,
                                                size_t latent_count);
/* Begins to make a picture of another, 4 * width * height bytes of RGBA, which are copied: for models whose info says
 * takesPictures. Null on failure. */
GANLET_API ganlet_drawing* ganlet_apply_begin(ganlet_model* model, const uint8_t* pixels, int32_t width,
                                              int32_t height);
/* Draws the next few images, or the next part of a picture; on a GPU goes on with those. Returns how many are left, or
 * -1 on failure. */
GANLET_API int32_t ganlet_drawing_step(ganlet_drawing* drawing);
/* RGBA of all images drawn so far, 4 * width * height bytes, valid until `ganlet_drawing_end`. A picture made of
 * another has them when nothing is left. */
GANLET_API const uint8_t* ganlet_drawing_pixels(const ganlet_drawing* drawing);
GANLET_API int32_t ganlet_drawing_width(const ganlet_drawing* drawing);
GANLET_API int32_t ganlet_drawing_height(const ganlet_drawing* drawing);
/* Frees the drawing, done or not. */
GANLET_API void ganlet_drawing_end(ganlet_drawing* drawing);

/* The size of the latent that the encoder gives for a picture; 0 if the encoder hasn't been passed in yet. */
GANLET_API int32_t ganlet_encoded_size(ganlet_model* model);
/* The latent of a picture of any size, 4 * width * height bytes of RGBA. Writes as many floats as ganlet_encoded_size.
 * 1 while a GPU computes: call it again later, without pixels. -1 on failure. */
GANLET_API int32_t ganlet_encode(ganlet_model* model, const uint8_t* pixels, int32_t width, int32_t height, float* out);

/* Gives the next run an array for the input called `name`: copies `bytes` bytes of `type` ("float32", "int64" or
 * "bool") and of `rank` sizes. -1 on failure, and the arrays given so far are forgotten. */
GANLET_API int32_t ganlet_set_input(ganlet_model* model, const char* name, const char* type, const int64_t* sizes,
                                    const void* data, int32_t rank, size_t bytes);
/* Runs the network on the arrays given, and forgets them. Returns its outputs as JSON: [{"name": ..., "type": ...,
 * "shape": [...], "address":
 * ..., "bytes": ...}]; the arrays are valid until the next call for this model. The text is null while a GPU computes:
 * call it again later. Null on failure. */
GANLET_API const char* ganlet_run(ganlet_model* model);

#ifdef __cplusplus
}
#endif

#endif
