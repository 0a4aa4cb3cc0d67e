// Activations and other functions of one tensor, element by element.
//   F.relu(x)   nn.GELU()(x)   torch.exp(x)

import type { Activation, Unary } from '../../../src/analysis/graph/operators.ts';
import { elementsOf } from '../shape.ts';
import { flatGroups, type KernelFamily } from './kernel.ts';
import code from './pointwise.wgsl';
import { uniforms } from './uniforms.ts';

type Pointwise = Activation | Unary;

/** Position in this list is the case in the shader's switch. `gelu tanh` is gelu with approximate='tanh'. */
const FUNCTIONS = [
  'relu',
  'relu6',
  'sigmoid',
  'tanh',
  'silu',
  'mish',
  'hardswish',
  'hardsigmoid',
  'softsign',
  'selu',
  'tanhshrink',
  'log_sigmoid',
  'leaky_relu',
  'elu',
  'celu',
  'gelu',
  'gelu tanh',
  'hardtanh',
  'softplus',
  'prelu',
  'neg',
  'abs',
  'exp',
  'log',
  'sqrt',
  'rsqrt',
  'square',
  'sin',
  'cos',
  'erf',
  'reciprocal',
] as const;

const shader = { key: 'pointwise', code };

export const pointwise: KernelFamily<Pointwise> = {
  ops: FUNCTIONS.filter((name): name is Exclude<typeof name, 'gelu tanh'> => name !== 'gelu tanh'),
  dispatches({ op, inputs, params, output }) {
    const count = elementsOf(output.shape);
    const name = op.op === 'gelu' && op.approximate === 'tanh' ? 'gelu tanh' : op.op;
    const [a, b] = numbersOf(op);
    const weight = params['weight'] ?? null;
    const plane = elementsOf(output.shape.slice(2));
    return [
      {
        shader,
        uniforms: uniforms()
          .u32(count, FUNCTIONS.indexOf(name))
          .f32(a, b)
          .u32(weight ? elementsOf(weight.shape) : 1, plane)
          .done(),
        reads: [inputs[0]!, weight],
        write: output,
        workgroups: flatGroups(count),
      },
    ];
  },
};

/** The two numbers that some functions take. */
function numbersOf(op: Pointwise): [a: number, b: number] {
  switch (op.op) {
    case 'leaky_relu':
      return [op.negativeSlope, 0];
    case 'elu':
    case 'celu':
      return [op.alpha, 0];
    case 'hardtanh':
      return [op.min, op.max];
    case 'softplus':
      return [op.beta, op.threshold];
    default:
      return [0, 0];
  }
}
