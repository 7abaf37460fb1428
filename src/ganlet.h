#pragma once

/// The manual of the library, and the one header to include. It explains how to do things; each declaration states what
/// it takes, what it returns and what it refuses. Everything is in namespace ganlet; the CMake target is
/// ganlet::ganlet.
///
///     GANLET_TRY(Model model, load_model("models/digits"));
///     GANLET_TRY(const Image picture, model.picture({.text = "2026", .seed = 7}));
///     GANLET_CHECK(write_image("2026.png", picture));
///     assert(picture.width == 4 * 28 && picture.height == 28);
/// The examples form one program, which a test compiles and runs, so each may use what an earlier one has declared.
/// Besides ganlet.h they include <cassert> and <thread>.
///
/// # Errors
///
/// Every function that can fail returns a Result: a value, or an Error with a code for programs, a message for people,
/// and the place in the file or request that is at fault, if there is one (core/error.h). Faulty files and requests
/// never cause exceptions.
///
///     const Result<Image> refused = model.picture({.label = 12});
///     assert(!refused && refused.error().code() == ErrorCode::invalid_argument);
///     assert(refused.error().place() == "label");
///     assert(refused.error().message() == "must be 0 to 9, is 12");
///     assert(refused.error().text() == "label: must be 0 to 9, is 12");
///
/// In a function that itself returns a Result, GANLET_TRY declares the value or returns the error, and GANLET_CHECK
/// does the same if there is no value. GANLET_TRY expands to several statements, so it needs braces after an `if` or a
/// loop. A mistake in the calling program, such as reading a tensor as a type other than its own, is an assert instead.
///
/// # Loading a model
///
/// `load_model` takes a folder with a model.json, a bare .onnx file, or an id: the name of a folder in one of
/// `LoadOptions::models`, by default ./models. The place of an error in a file is the file's name, followed by the node
/// if the error is in one: `my.onnx: graph.node[12] GridSample 'warp'`.
///
///     GANLET_TRY(Model by_id, load_model("digits", {.models = {"elsewhere", "models"}}));
///     GANLET_TRY(Model bare, load_model("models/digits/generator.onnx"));
///     GANLET_TRY(Model exact, load_model("digits", {.part = "generator_f32"}));
///     assert(model.description().title == "Handwritten digits");
///     assert(load_model("nothing").error().code() == ErrorCode::not_found);
///     GANLET_CHECK(write_whole("broken.onnx", std::vector<std::byte>(100)));
///     const Result<Model> broken = load_model("broken.onnx");
///     assert(!broken && broken.error().code() == ErrorCode::corrupt);
///     assert(broken.error().place().starts_with("broken.onnx"));
///
/// `LoadOptions::part` names the network that draws: by default "generator", whose weights are int8 in most folders;
/// "generator_f32" is the same network in float32, if the folder has it.
///
/// A folder's files must have the lengths and SHA-256 sums that model.json gives. They are read when first needed, so
/// they have to stay in place as long as the model is used. What model.json doesn't say is derived from the graph (for
/// a bare file, everything): which input is the latent and which the label, which output is the image, and what range
/// its values have (generator/roles.h).
///
/// A program that keeps models in an archive or fetches them passes their bytes in. `needs` lists the parts that a
/// request still lacks; `give` checks one and compiles it, and doesn't keep the file's bytes. Alternatively,
/// `ModelOptions::source` may be a function that is called for missing parts. `Model::open_file` takes the bytes of a
/// bare file.
///
///     GANLET_TRY(const Backend* const backend, backend_named(default_backend));
///     GANLET_TRY(const std::vector<std::byte> json, read_whole("models/digits/model.json", 1 << 20));
///     GANLET_TRY(Model by_bytes, Model::open(json, "model.json", {.backend = backend}));
///     GANLET_TRY(const std::vector<ModelPart> missing, by_bytes.needs({.text = "2026"}));
///     for (const ModelPart& part : missing) {
///       GANLET_TRY(const std::vector<std::byte> bytes, read_whole("models/digits/" + part.file, *part.bytes));
///       GANLET_CHECK(by_bytes.give(part.name, bytes));
///     }
///     GANLET_TRY(const Image same, by_bytes.picture({.text = "2026", .seed = 7}));
///     assert(same.pixels == picture.pixels);
///     const auto source = [](const ModelPart& part) { return read_whole("models/digits/" + part.file, *part.bytes); };
///     GANLET_TRY(Model by_source, Model::open(json, "model.json", {.backend = backend, .source = source}));
///     assert(by_source.picture({.text = "2026", .seed = 7})->pixels == picture.pixels);
///
/// Backends are rows of a table (backends/backends.h): "xnn" is the fast one; "reference" is plain loops to compare it
/// with.
///
///
/// # Drawing
///
/// A DrawRequest says what to draw; `{}` is one image of seed 0. `picture` returns all images side by side, in rows;
/// the unused rest of the last row is transparent.
///
///     GANLET_TRY(const ImageFacts facts, model.facts());
///     assert(facts.latent_size == 64 && facts.image == (ImageSize{28, 28, 1}));
///     assert(facts.label_count == 10 && model.labels()[7] == "7");
///     GANLET_TRY(const Image grid_of_12, model.picture({.count = 12, .seed = 5, .truncation = 0.7F, .columns = 4}));
///     GANLET_TRY(const Image sevens, model.picture({.count = 3, .label = 7, .seeds = {4, 8, 15}}));
///     GANLET_TRY(const Image hands, model.picture({.text = "2026", .vary = true}));
///     GANLET_TRY(const Image hand, model.picture({.text = "2026", .jitter = 0.3F}));
///     GANLET_TRY(const Image given, model.picture({.label = 3, .latents = std::vector<float>(64, 0.5F)}));
///     assert(grid_of_12.width == 4 * 28 && grid_of_12.height == 3 * 28);
///
/// - `text` draws one image per symbol, in the class of that name, and all in one hand: they share one latent, as if
///   one person had written them. `jitter` varies the latent from symbol to symbol; `vary` gives each its own seed.
///   A text overrides `count`, `label` and `labels`.
/// - Image i has the seed `seed` + i, or number i of `seeds`. A seed gives the same latent on every platform.
///   `latents`, of shape (count, latent size), replaces seeds; one row is enough for a text in one hand.
/// - `label` is the class of all images, `labels` has one for each. Without either, images cycle through all classes.
/// - `truncation` is psi: 0 draws the mean image, 1 the model's full variety. Style-based models need a mean_style
///   for it.
/// - `step` draws with the generator kept nearest to that step of training; a model that kept none ignores it.
/// - `columns` is the number of images in a row; by default a text has one row, and other requests are nearly a
///   square.
///
/// Requests can also be read by name, from a command line, a link or JSON; `request_fields` is the table of all fields.
///
///     RequestReader reader;
///     GANLET_TRY(const bool is_known, reader.set("text", "2026"));
///     GANLET_TRY(const bool is_typo, reader.set("sede", "7"));
///     GANLET_TRY(const DrawRequest by_name, std::move(reader).finish());
///     GANLET_TRY(const DrawRequest by_json, request_of_json(R"({"text": "2026"})"));
///     assert(is_known && !is_typo && by_name == by_json && json_of(by_name) == R"({"text":"2026"})");
///
/// Style-based models, those with `has_styles()`, accept more. `mix` gives a range of layers the style of another seed
/// (layer 0 is the coarsest); `cutoff` is the number of layers that are truncated; `noise` chooses the grain;
/// `style_shifts`, (count, W) or (W), is added to the styles. Other models refuse these four.
///
///     GANLET_TRY(Model nouns, load_model("nouns"));
///     GANLET_TRY(const ImageFacts styled, nouns.facts());
///     assert(nouns.has_styles() && styled.style_layers == 8 && styled.style_size == 128);
///     GANLET_TRY(const Image mixed, nouns.picture({.count = 4, .mix = StyleMix{16, {4, 7}}}));
///     GANLET_TRY(const Image calm, nouns.picture({.truncation = 0.5F, .cutoff = 4, .noise = {Noise::Kind::off}}));
///
/// A model that kept generators during its training draws with the one whose step is nearest to `step`.
///
///     GANLET_TRY(Model clothes, load_model("fashion"));
///     GANLET_TRY(const Image early, clothes.picture({.step = 500}));
///
/// # Drawing in steps
///
/// A Drawing draws a few images per step: at most as many as requested, and at most 16 unless the file fixes another
/// batch. Between steps the program can show what is drawn so far, do something else, or cancel. With `Keep::nothing`
/// there is no picture, only each step's values, so there may be more images than memory could hold.
///
///     GANLET_TRY(Drawing drawing, model.draw({.count = 100}));
///     while (drawing.left() > 60) {
///       GANLET_TRY(const Drawing::Images images, drawing.step(8));
///       assert(images.values.size() == images.count * 28 * 28); // (count, H, W, C)
///       assert(drawing.picture().width == 10 * 28);             // what isn't drawn yet is transparent
///     }
///     drawing.cancel();
///     assert(drawing.step().error().code() == ErrorCode::cancelled);
///
///
/// # Pictures and animations
///
/// An Image is 8-bit RGBA. `write_image` writes PNG or JPEG, chosen by the file's extension; if it fails, an existing
/// file stays as it was. `encode` returns the bytes. `grid`, `enlarged` and `shrunk` (image/image.h) combine and scale
/// pictures.
///
///     GANLET_CHECK(write_image("mixed.jpg", enlarged(mixed, 4)));
///     GANLET_TRY(const std::vector<std::byte> png, encode(picture, ImageFormat::png));
///     GANLET_TRY(const Image read_back, decode_image(png, "2026.png"));
///     assert(read_back.pixels == picture.pixels);
///
/// An AnimationWriter encodes each frame as it is added, as GIF, WebP or APNG. A Walk passes through keyframes in the
/// latent space, here the latents of three seeds.
///
///     GANLET_TRY(const Drawing seeds, model.draw({.count = 3, .seeds = {12, 18, 17}}, Keep::nothing));
///     const std::vector<float> keyframes = seeds.latents(3);
///     const Walk walk{keyframes, 64};
///     GANLET_TRY(AnimationWriter animation, AnimationWriter::begin(AnimationFormat::gif, 40)); // 40 ms a frame
///     for (int frame = 0; frame < 12; ++frame) {
///       GANLET_TRY(const Image step, model.picture({.text = "2026", .latents = walk.latent(frame, 12)}));
///       GANLET_CHECK(animation.add(step));
///     }
///     GANLET_TRY(const std::vector<std::byte> gif, std::move(animation).finish());
///     GANLET_CHECK(write_whole("walk.gif", gif));
///
/// A model with an encoder finds the latent of a picture of any size and colour, so that it can be drawn again or
/// edited.
///
///     GANLET_TRY(const Image seven, model.picture({.text = "7"}));
///     GANLET_TRY(Model both_ways, load_model("digits-vae-gan"));
///     assert(both_ways.has_encoder() && !model.has_encoder());
///     GANLET_TRY(const std::vector<float> latent, both_ways.encode(seven));
///     GANLET_TRY(const Image again, both_ways.picture({.latents = latent}));
///
///
/// # Running a network on arrays
///
/// A Program is a compiled network. `Model::program` returns the one that draws; `read_graph` and `Backend::compile`
/// make one from any ONNX file, whatever it computes. Inputs are in the order of `Graph::inputs`, whose values have the
/// file's names. The batch is read from their first axes; if the file leaves it open, it may be up to `Limits::batch`.
///
///     GANLET_TRY(const std::vector<std::byte> file, read_whole("models/nouns/mapping.onnx", Limits{}.file_bytes));
///     GANLET_TRY(Graph mapping, read_graph(file, CompileOptions{}, backend->prefers));
///     GANLET_TRY(const std::unique_ptr<Program> mapper, backend->compile(std::move(mapping), CompileOptions{}));
///     const Tensor z = Tensor::of<float>(Shape{2, 64}, std::vector<float>(2 * 64, 0.1F));
///     const TensorView z_view = z.view();
///     GANLET_TRY(const std::span<const TensorView> styles, mapper->run(std::span(&z_view, 1)));
///     assert(styles[0].shape == (Shape{2, 128}) && styles[0].as<const float>().size() == 2 * 128);
///
/// `run` is for backends that answer at once, as those on the CPU do. `start` is for all: it returns a Run to be
/// polled, say once a frame. `cancel` abandons the run, and so does destroying it; `wait` blocks, in native programs.
/// An image may lie in memory as (N, H, W, C) although the file has (N, C, H, W): `onnx_order` returns a copy in the
/// file's order.
///
///     GANLET_TRY(Program* const program, model.program());
///     const Graph& graph = program->graph();
///     assert(graph.values[graph.inputs[0]].name == "z" && graph.values[graph.inputs[1]].name == "label");
///     const Tensor label = Tensor::of<std::int64_t>(Shape{2}, {3, 8});
///     const Buffer inputs[] = {{z.view()}, {label.view()}};
///     Budget budget(Limits{}.run_units);
///     GANLET_TRY(Run run, program->start(inputs, budget));
///     for (bool is_done = false; !is_done;) {
///       GANLET_TRY(is_done, run.poll());
///     }
///     const Tensor digits = onnx_order(graph.values[graph.outputs[0]], run.outputs()[0].view);
///     assert(digits.shape() == (Shape{2, 1, 28, 28}));
///     GANLET_TRY(run, program->start(inputs, budget)); // the run before is over, and its outputs are gone
///     GANLET_TRY(const std::span<const Buffer> outputs, run.wait());
///     assert(outputs.size() == 1);
///     run.cancel(); // does nothing to a run that is done
///     assert(run.poll());
///
///
/// # Limits and budgets
///
/// Limits (core/limits.h) cap what a file or a request may ask for; the defaults suit a browser tab. Sizes are checked
/// before memory is allocated for them. If a Drawing's batch exceeds a limit, it tries half as many images, down to
/// one.
///
///     const LoadOptions careful{.compile = {.limits = {.file_bytes = 100'000}}};
///     assert(load_model("digits", careful).error().code() == ErrorCode::limit_exceeded);
///     GANLET_TRY(Model small, load_model("digits", {.compile = {.limits = {.working_bytes = 2 << 20}}}));
///     GANLET_TRY(Drawing few, small.draw({.count = 16}));
///     GANLET_TRY(const Drawing::Images first, few.step());
///     assert(first.count < 16);
///
/// Work is limited as well, in units of one multiply-add or four bytes moved: loading a file may take
/// `Limits::load_units`, and drawing takes at most `Limits::run_units` for each run of a network. The caller that
/// starts a Program supplies a Budget. A run that needs more units than are left isn't started; a deadline, or a flag
/// that any thread may set, stops it before the next node or sooner. A budget lasts for as many runs as its units
/// allow.
///
///     std::atomic<bool> stop = false;
///     Budget a_minute(Limits{}.run_units);
///     a_minute.stop_with(&stop).stop_at(Budget::Clock::now() + std::chrono::minutes(1));
///     stop = true;
///     assert(program->start(inputs, a_minute).error().code() == ErrorCode::cancelled);
///     Budget nothing_left(0);
///     assert(program->start(inputs, nothing_left).error().code() == ErrorCode::limit_exceeded);
///
///
/// # Threads
///
/// Use a model, its drawings, its encoder and its programs from one thread at a time; several drawings may take turns.
/// Models share no mutable state, so every thread can have its own. No work goes on between calls. With
/// `CompileOptions::threads`, XNNPACK shares the work of each network among that many threads, the caller's included;
/// results are the same up to rounding.
///
///     GANLET_TRY(Model shared_out, load_model("digits", {.compile = {.threads = 2}}));
///     Result<Image> there;
///     std::thread other([&there] {
///       if (Result<Model> own = load_model("digits"))
///         there = own->picture({.text = "2026", .seed = 7});
///     });
///     const Result<Image> here = shared_out.picture({.text = "2026", .seed = 7});
///     other.join();
///     assert(here && there && here->width == picture.width && there->pixels == picture.pixels);
///
///
/// # Memory, ownership and lifetimes
///
/// A model holds each network that it has loaded, those of `step` as well, until it is destroyed. A network holds its
/// weights as the backend's kernels read them, the other constants that running reads (all constants with
/// `CompileOptions::keep_constants`), and one block for the activations of its last batch, which is reallocated only
/// when the batch changes.
///
///     const ProgramBytes bytes = program->bytes();
///     assert(bytes.packed > 0 && bytes.plan > 0 && bytes.all() == bytes.constants + bytes.packed + bytes.plan);
///
/// Image, DrawRequest, Tensor and Error own what they hold. A Drawing shares its network with the model, and may
/// outlive it.
///
///     std::optional<Drawing> orphan;
///     if (Result<Model> brief = load_model("digits"))
///       if (Result<Drawing> begun = brief->draw({}))
///         orphan = std::move(*begun);
///     assert(orphan);
///     GANLET_CHECK(orphan->finish());
///
/// The following are only lent, and stay valid:
/// - the values of `Drawing::Images`: until the model draws or its program runs again;
/// - the results of `Program::run` and `Run::outputs`: until the program starts its next run;
/// - the result of `Model::program`: as long as the model holds that network, even if the model is moved;
/// - the results of `Model::description`, `labels` and `encoder`: until the model is moved or destroyed;
/// - a TensorView, a Buffer and `Walk::keyframes`: as long as the owner of the numbers keeps them in place.
/// The inputs and the budget of a run must outlive it, the program must outlive the run, and the flag the budget.

#include "backends/backends.h"
#include "core/error.h"
#include "core/limits.h"
#include "generator/model_folder.h"
#include "generator/onnx_order.h"
#include "generator/read_graph.h"
#include "generator/walk.h"
#include "image/animation.h"
#include "image/image.h"
#include "image/image_reader.h"
#include "image/image_writer.h"
#include "image/whole_file.h"
