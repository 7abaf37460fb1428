// Frozen graphs, which give the nodes that they return. What each operation is asked for here is what converters write.

const image = [null, 6, 5, 4];
const conv = { strides: [1, 1, 1, 1], padding: 'SAME', data_format: 'NHWC', dilations: [1, 1, 1, 1] };

/** A graph and the shapes of its inputs; `outputs` are its nodes. */
export const graphs = {
  'fused convolutions and products'(g) {
    const x = g.input('x', image);
    const a = g.add('_FusedConv2D', [x, g.weights([3, 3, 4, 6]), g.weights([6])], {
      ...conv,
      fused_ops: ['BiasAdd', 'Relu6'],
      num_args: 1,
    });
    const b = g.add('_FusedConv2D', [a, g.weights([2, 3, 6, 4]), g.weights([4]), g.weights([4])], {
      ...conv,
      strides: [1, 2, 2, 1],
      fused_ops: ['BiasAdd', 'Prelu'],
      num_args: 2,
    });
    const c = g.add('FusedDepthwiseConv2dNative', [a, g.weights([3, 3, 6, 2]), g.weights([12])], {
      ...conv,
      fused_ops: ['BiasAdd', 'Relu'],
      num_args: 1,
    });
    const d = g.add('_FusedConv2D', [a, g.weights([1, 1, 6, 2]), g.weights([2])], {
      ...conv,
      fused_ops: ['BiasAdd', 'LeakyRelu'],
      leakyrelu_alpha: 0.1,
      num_args: 1,
    });
    const flat = g.add('Reshape', [c, g.integers([-1, 6 * 5 * 12])]);
    const e = g.add('_FusedMatMul', [flat, g.weights([360, 7]), g.weights([7])], {
      fused_ops: ['BiasAdd', 'Elu'],
      num_args: 1,
      transpose_a: false,
      transpose_b: false,
    });
    return [b, c, d, e];
  },
  'a decoder with its shapes computed'(g) {
    const z = g.input('z', [null, 3]);
    const rows = g.add('MatMul', [z, g.weights([3, 60])], { transpose_a: false, transpose_b: false });
    const first = (value) =>
      g.add('StridedSlice', [g.add('Shape', [value]), g.integers([0]), g.integers([1]), g.integers([1])], {
        shrink_axis_mask: 1,
      });
    const picture = g.add('Reshape', [
      rows,
      g.add('Pack', [first(rows), g.integer(4), g.integer(3), g.integer(5)], { axis: 0 }),
    ]);
    const up = (value, size, channels, from, kernel, stride, padding) =>
      g.add(
        'Conv2DBackpropInput',
        [
          g.add('Pack', [first(value), ...size.map((one) => g.integer(one)), g.integer(channels)], { axis: 0 }),
          g.weights([kernel, kernel, channels, from]),
          value,
        ],
        { ...conv, strides: [1, stride, stride, 1], padding },
      );
    const a = up(picture, [8, 6], 4, 5, 3, 2, 'SAME');
    const b = up(a, [16, 12], 2, 4, 5, 2, 'SAME');
    const c = up(a, [19, 15], 3, 4, 5, 2, 'VALID');
    const d = up(a, [8, 6], 3, 4, 4, 1, 'SAME');
    const e = up(a, [23, 17], 2, 4, 2, 3, 'SAME');
    return [g.add('Sigmoid', [g.add('AddV2', [b, g.weights([1, 1, 1, 2])])]), c, d, e];
  },
  'arithmetic, spread'(g) {
    const x = g.input('x', image);
    const y = g.add('Conv2D', [x, g.weights([3, 3, 4, 4])], conv);
    const one = [
      ['Relu'],
      ['Relu6'],
      ['Elu'],
      ['Selu'],
      ['Softplus'],
      ['Sigmoid'],
      ['Tanh'],
      ['Exp'],
      ['Square'],
      ['Abs'],
      ['Neg'],
      ['LeakyRelu', { alpha: 0.3 }],
    ];
    const ones = one.map(([op, more]) => g.add(op, [y], more));
    const positive = g.add('AddV2', [g.add('Abs', [y]), g.number(0.5)]);
    const more = ['Sqrt', 'Rsqrt', 'Log', 'Reciprocal'].map((op) => g.add(op, [positive]));
    const two = ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference'].flatMap((op) => [
      g.add(op, [y, positive]),
      g.add(op, [y, g.weights([4], (value) => 2 + Math.abs(value))]),
      g.add(op, [g.weights([6, 5, 4]), positive]),
      g.add(op, [positive, g.weights([1, 6, 1, 1], (value) => 2 + Math.abs(value))]),
      g.add(op, [x, positive]),
    ]);
    const sum = g.add('AddN', [y, positive, x]);
    const prelu = g.add('Prelu', [y, g.weights([1, 1, 4])]);
    const bias = g.add('BiasAdd', [y, g.weights([4])], { data_format: 'NHWC' });
    return [...ones, ...more, ...two, sum, prelu, bias, g.add('Softmax', [y])];
  },
  'normalization and pools'(g) {
    const x = g.input('x', image);
    const statistics = [g.weights([4]), g.weights([4]), g.weights([4]), g.weights([4], (value) => 1 + Math.abs(value))];
    const a = g.add('FusedBatchNormV3', [x, ...statistics], {
      epsilon: 0.001,
      is_training: false,
      data_format: 'NHWC',
    });
    const window = { ksize: [1, 3, 2, 1], strides: [1, 2, 2, 1], data_format: 'NHWC' };
    const pools = ['SAME', 'VALID'].flatMap((padding) => [
      g.add('MaxPool', [a], { ...window, padding }),
      g.add('AvgPool', [a], { ...window, padding }),
    ]);
    const sums = [
      [[1, 2], true],
      [[1, 2], false],
      [[3], true],
      [[-1], false],
      [[1], false],
    ].flatMap(([axes, keep_dims]) => [
      g.add('Mean', [a, g.integers(axes)], { keep_dims }),
      g.add('Sum', [a, g.integers(axes)], { keep_dims }),
    ]);
    return [a, ...pools, ...sums];
  },
  'what moves numbers'(g) {
    const x = g.add('Conv2D', [g.input('x', image), g.weights([1, 1, 4, 4])], conv);
    const pads = g.integers([0, 0, 1, 2, 0, 3, 0, 0], [4, 2]);
    const parts = g.add('Split', [g.integer(-1), x], { num_split: 2 });
    const sized = g.add('SplitV', [x, g.integers([2, 4]), g.integer(1)], { num_split: 2 });
    const columns = g.add('Unpack', [x], { axis: 2, num: 5 });
    const slice = (mask, begin, end, steps) =>
      g.add('StridedSlice', [x, g.integers(begin), g.integers(end), g.integers(steps)], mask);
    return [
      g.add('Pad', [x, pads]),
      g.add('PadV2', [x, pads, g.number(0.5)]),
      g.add('MirrorPad', [x, g.integers([0, 0, 1, 2, 2, 1, 0, 0], [4, 2])], { mode: 'REFLECT' }),
      g.add('Transpose', [x, g.integers([0, 3, 1, 2])]),
      g.add('Transpose', [x, g.integers([0, 2, 1, 3])]),
      g.add('ConcatV2', [x, `${parts}:1`, parts, g.integer(3)], { N: 3 }),
      g.add('ConcatV2', [sized, x, g.integer(1)], { N: 2 }),
      g.add('Pack', [`${columns}:3`, columns], { axis: 1 }),
      g.add('ExpandDims', [`${columns}:2`, g.integer(-1)]),
      g.add('Squeeze', [g.add('Slice', [x, g.integers([0, 2, 0, 1]), g.integers([-1, 1, -1, 2])])], {
        squeeze_dims: [1],
      }),
      slice({ begin_mask: 9, end_mask: 9 }, [0, 1, 1, 0], [0, -1, 4, 0], [1, 2, 1, 1]),
      slice({ begin_mask: 9, end_mask: 9, shrink_axis_mask: 4 }, [0, 1, 2, 0], [0, 4, 3, 0], [1, 1, 1, 1]),
      slice({ ellipsis_mask: 1, new_axis_mask: 2 }, [0, 0, 1], [0, 0, 3], [1, 1, 1]),
      g.add('Tile', [x, g.integers([1, 2, 1, 3])]),
      g.add('Reshape', [x, g.integers([-1, 10, 3, 4])]),
      g.add('Reshape', [x, g.integers([-1, 4])]),
      g.add('DepthToSpace', [x], { block_size: 2, data_format: 'NHWC' }),
    ];
  },
  resizing(g) {
    const x = g.input('x', image);
    const modes = [{}, { half_pixel_centers: true }, { align_corners: true }];
    const sizes = [
      [12, 10],
      [9, 7],
      [3, 8],
    ];
    return ['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) =>
      modes.flatMap((mode) =>
        sizes.map((size) =>
          g.add(op, [x, g.integers(size)], { align_corners: false, half_pixel_centers: false, ...mode }),
        ),
      ),
    );
  },
  'sizes that are computed, and choices'(g) {
    const x = g.add('Tanh', [g.input('x', image)]);
    const shape = g.add('Shape', [x]);
    const area = g.add('Prod', [g.add('GatherV2', [shape, g.integers([1, 2]), g.integer(0)]), g.integer(0)], {
      keep_dims: false,
    });
    const half = g.add('FloorDiv', [g.add('Mul', [area, g.integer(4)]), g.integer(2)]);
    const rest = g.add('ConcatV2', [g.integers([-1, 2]), g.add('ExpandDims', [half, g.integer(0)]), g.integer(0)], {
      N: 2,
    });
    const positive = g.add('AddV2', [g.add('Abs', [x]), g.number(0.5)]);
    const below = g.add('Equal', [g.add('Maximum', [x, g.number(0.1)]), g.number(0.1)]);
    return [
      g.add('Reshape', [x, rest]),
      g.add('Pow', [positive, g.number(1.5)]),
      g.add('Erf', [x]),
      g.add('SelectV2', [below, x, g.number(2)]),
      g.add('AddV2', [x, g.add('Fill', [g.integers([5, 4]), g.number(0.25)])]),
      g.add('Mul', [x, g.add('BroadcastTo', [g.weights([1, 4]), g.integers([5, 4])])]),
      g.add('Mul', [x, g.add('Cast', [below], { SrcT: 'DT_BOOL', DstT: 'DT_FLOAT' })]),
      g.add('Identity', [g.add('Reshape', [x, g.integers([-1, 120])])]),
    ];
  },
  'labels, tables and matrices'(g) {
    const z = g.input('z', [null, 6]);
    const label = g.input('label', [null], 'DT_INT32');
    const row = g.add('GatherV2', [g.weights([10, 6]), label, g.integer(0)], { batch_dims: 0 });
    const hot = g.add('OneHot', [label, g.integer(10), g.number(1), g.number(0)], { axis: -1 });
    const both = g.add('ConcatV2', [g.add('Mul', [z, row]), hot, g.integer(-1)], { N: 2 });
    const table = g.add('Reshape', [both, g.integers([-1, 4, 4])]);
    const mixed = g.add('BatchMatMulV2', [table, table], { adj_x: false, adj_y: true });
    return [row, hot, g.add('MatMul', [both, g.weights([3, 16])], { transpose_a: false, transpose_b: true }), mixed];
  },
};
