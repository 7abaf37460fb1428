#pragma once

#include "onnx/model.h"

namespace ganlet::onnx {

/// Folds each BatchNormalization into the Conv, ConvTranspose, Gemm or MatMul before it, also through a Reshape in
/// between; weights and biases change, the output (but for rounding) doesn't. What can't be folded stays: a linear node
/// whose output has other readers, weights that aren't constant or that other nodes read, BatchNormalization in
/// training mode.
void fold_batch_normalization(Model& model);

/// Equalizes the largest weights of each input channel in convolutions with at most 4 output channels, and undoes that
/// in the convolution before, across a Relu or LeakyRelu (Nagel et al.: Data-Free Quantization Through Weight
/// Equalization and Bias Correction, 2019, section 4.1). The output stays the same but for rounding. An image's
/// one or three channels otherwise share a scale that a few large weights decide, while the convolution before has a
/// scale for each of its outputs and loses nothing.
void balance_channels(Model& model);

/// The model with int8 weights: folds BatchNormalization, balances channels, then puts each float weight of Conv,
/// ConvTranspose, Gemm and MatMul as int8 behind a DequantizeLinear. Symmetric, weight = scale[o] * int8 with int8 in
/// [-127, 127] and one scale per output channel: axis 0 of Conv and of Gemm with transB, 1 of ConvTranspose, the last
/// one of MatMul and of other Gemms. Biases stay float32, and so do weights that other nodes read as well. What such a
/// model computes is ONNX, so any runtime can read it. Errors: invalid_argument where a weight is not finite (at its
/// place), or where there is no weight to quantize.
Result<Model> quantize(Model model);

} // namespace ganlet::onnx
