// Every kernel against real PyTorch, on a software adapter; convolutions through each of their kernels.

import type { WebGpuBackend } from '../../webview/engine/backends/webgpu.ts';
import { elementsOf } from '../../webview/engine/shape.ts';
import { testBackend } from './device.ts';
import { assertClose, type OperatorCase, readJson, tensorsOf } from './fixtures.ts';

const TOLERANCE = 1e-5;

const cases = readJson<OperatorCase[]>('operators.json');
const tensor = tensorsOf('operators.bin');

async function check(backend: WebGpuBackend, { name, op, inputs, params, output }: OperatorCase): Promise<void> {
  const reason = backend.whyNot(
    op,
    inputs.map(({ shape }) => shape),
    output.shape,
  );
  if (reason) throw new Error(reason);
  const upload = (from: OperatorCase['output'], role?: string) => {
    const packing = role ? backend.packing(op, role, from.shape) : null;
    const values = tensor(from);
    return { storage: backend.upload(packing ? packing.pack(values) : values), shape: from.shape };
  };
  const result = { storage: backend.allocate(elementsOf(output.shape)), shape: output.shape };
  await backend.run([
    {
      op,
      inputs: inputs.map((input) => upload(input)),
      params: Object.fromEntries(Object.entries(params).map(([role, value]) => [role, upload(value, role)])),
      output: result,
      macs: 0,
    },
  ]);
  assertClose(await backend.read(result.storage, 0, elementsOf(output.shape)), tensor(output), TOLERANCE, name);
}

describe('kernels equal PyTorch', function () {
  this.timeout(60_000);
  let backend: WebGpuBackend;
  before(async () => {
    backend = await testBackend();
  });
  for (const one of cases) it(one.name, () => check(backend, one));
});

describe('the tiled convolution equals PyTorch', function () {
  this.timeout(60_000);
  let backend: WebGpuBackend;
  before(async () => {
    backend = await testBackend({ convolution: 'gemm' });
  });
  const ungrouped = cases.filter(({ op }) => (op.op === 'conv1d' || op.op === 'conv2d') && op.groups === 1);
  for (const one of ungrouped) it(one.name, () => check(backend, one));
});
