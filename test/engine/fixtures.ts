// Reads the tensors that test/fixtures/engine/make_fixtures.py wrote, and compares with them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Fill, ModelGraph } from '../../src/analysis/graph/modelGraph.ts';
import type { Operator } from '../../src/analysis/graph/operators.ts';
import { elementsOf } from '../../webview/engine/shape.ts';

const FOLDER = new URL('../fixtures/engine/', import.meta.url);

export interface TensorJson {
  shape: number[];
  /** Where its values begin in the .bin file, in values. */
  at: number;
}

export interface OperatorCase {
  name: string;
  op: Operator;
  inputs: TensorJson[];
  params: Record<string, TensorJson>;
  output: TensorJson;
}

export interface InitialiseRun {
  name: string;
  seed: number;
  steps: { fill: Fill; count: number; values: TensorJson }[];
}

export interface SmallModel {
  graph: ModelGraph;
  /** Activations by value id. */
  expected: Record<string, TensorJson>;
  weights: Record<string, TensorJson>;
}

export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T;
}

export function fixturePath(name: string): string {
  return new URL(name, FOLDER).pathname;
}

/** Values of a .bin file, by tensor. */
export function tensorsOf(name: string): (tensor: TensorJson) => Float32Array {
  const bytes = readFileSync(new URL(name, FOLDER));
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return ({ shape, at }) => all.subarray(at, at + elementsOf(shape));
}

/** Each value within `tolerance` of the expected one, relative to it and to the tensor's usual size. */
export function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  let squares = 0;
  for (const value of expected) if (Number.isFinite(value)) squares += value * value;
  const usual = Math.min(1, Math.sqrt(squares / Math.max(1, expected.length)));
  for (const [index, wanted] of expected.entries()) {
    const got = actual[index]!;
    if (Object.is(got, wanted) || (Number.isNaN(got) && Number.isNaN(wanted))) continue;
    const error = Math.abs(got - wanted);
    if (error <= tolerance * (Math.abs(wanted) + usual)) continue;
    assert.fail(`${what}: value ${index} is ${got}, PyTorch's ${wanted} (off by ${error})`);
  }
}
