#pragma once

#include "onnx/model.h"

namespace ganlet::onnx {

/// Folds each BatchNormalization into the Conv, ConvTranspose, Gemm or MatMul before it, also through a Reshape in
/// between. Weights and biases change; the output doesn't, apart from rounding. A normalization stays if the linear
/// node's output has other readers, if its weights aren't constant or other nodes read them, or if it is in training
/// mode.
void fold_batch_normalization(Model& model);

/// Equalizes the largest weights of all input channels in convolutions with at most 4 output channels, and undoes that
/// in the convolution before, across a Relu or LeakyRelu (Nagel et al.: Data-Free Quantization Through Weight
/// Equalization and Bias Correction, 2019, section 4.1). The output stays the same apart from rounding. Otherwise a few
/// large weights would decide the scale that all weights of an image channel share; the convolution before has a scale
/// for each of its outputs, so it loses nothing.
void balance_channels(Model& model);

/// The model with int8 weights. Folds BatchNormalization, balances channels, then replaces each float weight of Conv,
/// ConvTranspose, Gemm and MatMul by int8 followed by a DequantizeLinear, also if a style multiplies it before a
/// convolution reads it. Symmetric: weight = scale[o] * int8 with int8 in [-127, 127] and one scale per output channel:
/// axis 0 of Conv and of Gemm with transB, axis 1 of ConvTranspose, the last axis of MatMul and of other Gemms. Biases
/// stay float32, and so do weights that other nodes read as well. The result is plain ONNX, so any runtime can read it.
/// Errors: invalid_argument if a weight isn't finite (the place is the weight), or if there is no weight to quantize.
Result<Model> quantize(Model model);

} // namespace ganlet::onnx
