// Networks for TensorFlow.js to write, one of each kind of layer at least.
import { layers, normal, tf } from './tfjs.mjs';

const L = layers.layers;

/** Weights that no initializer gives: every number plays a part, variances are positive. */
export function fill(model) {
  model.layers.forEach((layer, i) => {
    if (layer.layers) return fill(layer);
    const names = layer.weights.map(({ originalName }) => originalName);
    layer.setWeights(
      layer.getWeights().map((weight, j) => {
        const fan = Math.max(weight.size / (weight.shape.at(-1) ?? 1), 1);
        const numbers = normal(weight.shape, 100 * i + j + 1);
        const isVariance = /variance|gamma/.test(names[j]);
        return tf.tensor(
          numbers.map((value) => (isVariance ? 1 + Math.abs(value) / 2 : value / Math.sqrt(fan))),
          weight.shape,
        );
      }),
    );
  });
}

/** Input -> layers one after another, as a functional model. */
function chain(shape, ...list) {
  const input = layers.input({ shape, name: 'z' });
  return layers.model({ inputs: input, outputs: list.reduce((value, layer) => layer.apply(value), input) });
}

const same = { padding: 'same' };
export const written = {
  'a DCGAN': () =>
    layers.sequential({
      layers: [
        L.dense({ units: 48, inputShape: [10], useBias: false }),
        L.batchNormalization({}),
        L.leakyReLU({ alpha: 0.2 }),
        L.reshape({ targetShape: [4, 4, 3] }),
        L.conv2dTranspose({ filters: 5, kernelSize: 5, strides: 2, ...same }),
        L.batchNormalization({ epsilon: 1e-5 }),
        L.reLU({}),
        L.conv2dTranspose({ filters: 1, kernelSize: 4, strides: 2, ...same, activation: 'tanh' }),
      ],
    }),
  'a decoder that is flat': () =>
    chain(
      [2],
      L.dense({ units: 30, activation: 'relu' }),
      L.dropout({ rate: 0.5 }),
      L.dense({ units: 64, activation: 'sigmoid' }),
    ),
  'a conditional generator': () => {
    const noise = layers.input({ shape: [6], name: 'noise' });
    const label = layers.input({ shape: [1], name: 'label' });
    const table = L.flatten({}).apply(L.embedding({ inputDim: 10, outputDim: 6 }).apply(label));
    const x = L.dense({ units: 27, activation: 'elu' }).apply(L.multiply({}).apply([noise, table]));
    const picture = L.upSampling2d({ size: [2, 2] }).apply(L.reshape({ targetShape: [3, 3, 3] }).apply(x));
    return layers.model({
      inputs: [noise, label],
      outputs: L.conv2d({ filters: 3, kernelSize: 3, ...same }).apply(picture),
    });
  },
  'convolutions of odd sizes': () => {
    const input = layers.input({ shape: [7, 6, 4], name: 'z' });
    const rows = [];
    for (const kernelSize of [2, 3, 4, 5])
      for (const strides of [1, 2, 3])
        for (const padding of ['same', 'valid'])
          rows.push(
            L.flatten({}).apply(L.conv2d({ filters: 2, kernelSize, strides, padding }).apply(input)),
            L.flatten({}).apply(L.conv2dTranspose({ filters: 2, kernelSize, strides, padding }).apply(input)),
          );
    return layers.model({ inputs: input, outputs: L.concatenate({}).apply(rows) });
  },
  'convolutions of other kinds': () => {
    const input = layers.input({ shape: [6, 7, 4], name: 'z' });
    const kinds = [
      L.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, ...same }),
      L.depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2, strides: 2, ...same }),
      L.conv2d({ filters: 3, kernelSize: 3, dilationRate: 2, ...same, useBias: false }),
    ];
    return layers.model({ inputs: input, outputs: kinds.map((kind) => kind.apply(input)) });
  },
  pools: () => {
    const input = layers.input({ shape: [7, 8, 3], name: 'z' });
    const kinds = ['same', 'valid'].flatMap((padding) => [
      L.maxPooling2d({ poolSize: 3, strides: 2, padding }),
      L.averagePooling2d({ poolSize: 3, strides: 2, padding }),
    ]);
    const outputs = [...kinds, L.globalAveragePooling2d({}), L.globalMaxPooling2d({})].map((kind) => kind.apply(input));
    return layers.model({ inputs: input, outputs });
  },
  activations: () => {
    const input = layers.input({ shape: [3, 4, 5], name: 'z' });
    const names = [
      'elu',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'hardSigmoid',
      'softmax',
      'softplus',
      'softsign',
      'tanh',
      'swish',
    ];
    const kinds = names.map((activation) => L.activation({ activation }));
    const more = [
      L.leakyReLU({ alpha: 0.05 }),

      L.prelu({}),
      L.thresholdedReLU({ theta: 0.3 }),
      L.reLU({ maxValue: 1 }),
    ];
    return layers.model({ inputs: input, outputs: [...kinds, ...more].map((kind) => kind.apply(input)) });
  },
  'what moves pictures': () => {
    const input = layers.input({ shape: [4, 6, 3], name: 'z' });
    const kinds = [
      L.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      L.cropping2D({
        cropping: [
          [1, 0],
          [2, 1],
        ],
      }),
      L.permute({ dims: [3, 1, 2] }),
      L.upSampling2d({ size: [2, 3] }),

      L.flatten({}),
      L.reshape({ targetShape: [8, 9] }),
    ];
    return layers.model({ inputs: input, outputs: kinds.map((kind) => kind.apply(input)) });
  },
  'what joins': () => {
    const input = layers.input({ shape: [4, 4, 3], name: 'z' });
    const other = L.conv2d({ filters: 3, kernelSize: 1 }).apply(input);
    const kinds = [
      L.add({}),
      L.multiply({}),
      L.average({}),
      L.maximum({}),
      L.minimum({}),
      L.concatenate({ axis: 3 }),
      L.concatenate({ axis: 1 }),
    ];
    return layers.model({ inputs: input, outputs: kinds.map((kind) => kind.apply([input, other])) });
  },
  normalizations: () => {
    const input = layers.input({ shape: [4, 5, 6], name: 'z' });
    const kinds = [
      L.layerNormalization({}),

      L.batchNormalization({ center: false, scale: false, epsilon: 0.1 }),
    ];
    return layers.model({ inputs: input, outputs: kinds.map((kind) => kind.apply(input)) });
  },
  'one axis': () => {
    const input = layers.input({ shape: [9, 4], name: 'z' });
    const kinds = [
      L.conv1d({ filters: 3, kernelSize: 3, ...same, dilationRate: 2 }),
      L.conv1d({ filters: 3, kernelSize: 4, strides: 2, ...same }),
      L.maxPooling1d({ poolSize: 2 }),
      L.globalAveragePooling1d({}),
      L.dense({ units: 3 }),
    ];
    return layers.model({ inputs: input, outputs: kinds.map((kind) => kind.apply(input)) });
  },
  'a model in a model, twice': () => {
    const inner = layers.sequential({
      layers: [L.dense({ units: 6, inputShape: [6], activation: 'tanh' }), L.dense({ units: 6 })],
    });
    const input = layers.input({ shape: [6], name: 'z' });
    return layers.model({ inputs: input, outputs: L.add({}).apply([inner.apply(inner.apply(input)), input]) });
  },
};
