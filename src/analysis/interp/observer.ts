// Observer: what the user will see beside the code: which line made which shape, in which use of its class.

import * as dims from '../dims/dim.ts';
import { showDim } from '../dims/display.ts';
import type { ShapeJson } from '../graph/modelGraph.ts';
import { hasTensor, shapeOf, showValue } from '../graph/shapes.ts';
import type { CalledFrom, CallUse, Observation, Range } from '../snapshot.ts';
import type { Expression, FunctionCode, Place, Statement } from '../syntax/program.ts';
import { BYTES_OF, type DType, type ReceptiveField, type TensorValue } from '../values/tensor.ts';
import type { Arguments, CallOrigin, FunctionValue, InstanceValue, Value } from '../values/value.ts';
import { boundNames } from './assign.ts';
import { type Frame, selfModule, spotOf } from './frame.ts';
import type { Interpreter } from './interpreter.ts';

/** What an operator's rule tells of one application, for the hover of its call. */
export interface Emitted {
  operator: string;
  arithmetic: readonly string[];
  params: dims.Dim | null;
  output: TensorValue;
  field: ReceptiveField | null;
}

interface Pending {
  emits: number;
  macs: dims.Dim | null;
}

export interface ValueRecord {
  kind: 'assign' | 'parameter' | 'return' | 'read';
  name: string;
  file: string;
  range: Range;
  hintAt: { line: number; column: number };
  uses: Observation[];
}

export interface CallRecord {
  file: string;
  range: Range;
  calleeRange: Range;
  operator: string;
  uses: CallUse[];
}

/** A call that constructs: enough to do it again. */
export interface Made {
  callee: Value;
  args: Arguments;
}

export interface LayerRecord {
  file: string;
  range: Range;
  className: string;
  /** With what it was made, where that was under a condition that is not known: the branch may be taken back. */
  instances: { instance: InstanceValue; root: number; from: Made | null }[];
}

type Lines = Map<string, Map<number, Map<string, Map<string, ShapeJson[]>>>>;

/** How many different uses of one line are kept: of all of torchvision's models, DenseNet-201 repeats a class most, 98 times. */
export const MOST_USES = 512;

export class Observer {
  readonly values = new Map<string, ValueRecord>();
  readonly calls = new Map<string, CallRecord>();
  readonly layers = new Map<string, LayerRecord>();
  /** For the CLI's --lines: file → line (from 1) → name → module path → shapes. */
  readonly lines: Lines = new Map();
  /** Functions of the watched files that have run. */
  readonly entered = new Set<FunctionCode>();
  readonly enteredFiles = new Set<string>();
  root = 0;
  emits = 0;
  lastEmit: Emitted | null = null;
  readonly #wants: (file: string) => boolean;
  readonly #keepLines: boolean;
  /** Of each record, the uses that it has. */
  readonly #known = new WeakMap<object, Set<string>>();
  #undo: (() => void)[] = [];

  constructor(wants: (file: string) => boolean, keepLines = false) {
    this.#wants = wants;
    this.#keepLines = keepLines;
  }

  /** From here on, what is seen can be taken back: a forward that only asked for its input's shape runs again. */
  begin(): void {
    this.#undo = [];
  }

  takeBack(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    for (const records of [this.values, this.calls])
      for (const [id, record] of records) if (record.uses.length === 0) records.delete(id);
  }

  /** The module path that a frame's work belongs to: '' the model, '-' a plain function, '?' an object outside the model. */
  #path(ip: Interpreter, frame: Frame): string {
    if (!frame.self || frame.self.kind !== 'instance') return '-';
    const module = selfModule(frame);
    return (module && ip.recorder?.paths.get(module)) ?? '?';
  }

  /** Where a plain function was called from: its uses differ by that as a method's do by their module. */
  #calledFrom(ip: Interpreter, frame: Frame, path: string): CalledFrom | undefined {
    const { caller } = frame;
    if (path !== '-' || !frame.function || !caller) return undefined;
    const { file, line } = spotOf(caller, caller.site);
    const running = ip.moduleStack.findLast((m) => ip.recorder?.paths.has(m));
    return { path: (running && ip.recorder?.paths.get(running)) ?? '-', file, line };
  }

  /** True the first time that a record sees such a use; false too where it has enough of them. */
  #isNew(record: { uses: unknown[] }, use: string): boolean {
    const known = this.#known.get(record) ?? new Set();
    this.#known.set(record, known);
    if (record.uses.length >= MOST_USES || known.has(use)) return false;
    known.add(use);
    this.#undo.push(() => {
      record.uses.pop();
      known.delete(use);
    });
    return true;
  }

  enter(ip: Interpreter, frame: Frame, f: FunctionValue): void {
    if (!frame.module.file || !this.#wants(frame.module.file) || f.code.isLambda) return;
    this.entered.add(f.code);
    this.enteredFiles.add(frame.module.file);
    for (const p of f.code.params) {
      const value = frame.scope.variables.get(p.name);
      if (value && value.kind !== 'lazy') this.#value(ip, frame, 'parameter', p.name, p.place, p.place, value);
    }
  }

  /**
   * A statement over several lines: PyTorch's tracer, which goes by lines, also sees what its names hold while it still
   * runs, and --lines prints the same.
   */
  beginning(ip: Interpreter, frame: Frame, s: Statement, target: Expression): void {
    if (s.endLine !== s.line) this.#asItStands(ip, frame, s, target);
  }

  /** `if flag: x = self.a(x)` on one line, where the flag is false: the tracer was on that line, and saw x as it stands. */
  passedOver(ip: Interpreter, frame: Frame, s: Statement & { kind: 'If' }): void {
    for (const inner of s.consequent) {
      if (inner.line !== s.line) return;
      const targets = inner.kind === 'Assign' ? inner.targets : inner.kind === 'AugmentedAssign' ? [inner.target] : [];
      for (const target of targets) this.#asItStands(ip, frame, inner, target);
    }
  }

  #asItStands(ip: Interpreter, frame: Frame, s: Statement, target: Expression): void {
    if (!this.#keepLines || !ip.recorder || !frame.module.file || frame.function?.code.isLambda) return;
    for (const name of boundNames(target)) {
      const value = frame.scope.variables.get(name.name);
      if (value && value.kind !== 'lazy') this.#line(ip, frame, s, name.name, value);
    }
  }

  assigned(ip: Interpreter, frame: Frame, s: Statement, name: Expression & { kind: 'Name' }, value: Value): void {
    const { file } = frame.module;
    if (!file || frame.function?.code.isLambda) return;
    if (this.#keepLines && ip.recorder) this.#line(ip, frame, s, name.name, value);
    if (this.#wants(file)) this.#value(ip, frame, 'assign', name.name, name, name, value);
  }

  /** A name that is only read: `x` in `self.conv(x)`. */
  read(ip: Interpreter, frame: Frame, name: Expression & { kind: 'Name' }, value: Value): void {
    const { file } = frame.module;
    if (file && this.#wants(file) && !frame.function?.code.isLambda)
      this.#value(ip, frame, 'read', name.name, name, name, value);
  }

  returned(ip: Interpreter, frame: Frame, s: Statement, value: Value): void {
    const { file } = frame.module;
    if (file && this.#wants(file) && !frame.function?.code.isLambda)
      this.#value(ip, frame, 'return', 'return', s, s, value);
  }

  #line(ip: Interpreter, frame: Frame, s: Statement, name: string, value: Value): void {
    const shape = shapeOf(value);
    // What is not known is said as well: the shapes that are given are then not all.
    const open = value.kind === 'unknown' || (value.kind === 'tensor' && value.shape === null);
    if (!open && !hasTensor(shape)) return;
    const file = frame.module.file!;
    const line = s.line + frame.chunk.line + 1;
    const byLine = getOr(this.lines, file, () => new Map());
    const byName = getOr(byLine, line, () => new Map());
    const byPath = getOr(byName, name, () => new Map());
    const shapes = getOr(byPath, this.#path(ip, frame), () => []);
    const text = JSON.stringify(shape);
    if (shapes.length >= 8 || shapes.some((known: ShapeJson) => JSON.stringify(known) === text)) return;
    this.#undo.push(() => shapes.pop());
    shapes.push(shape);
  }

  #value(
    ip: Interpreter,
    frame: Frame,
    kind: ValueRecord['kind'],
    name: string,
    place: Place,
    key: Place,
    value: Value,
  ): void {
    const text = showValue(value);
    if (text === null) return;
    const { file, ...range } = spotOf(frame, place);
    const id = `${kind} ${range.line}:${range.column} ${key.endColumn} ${name}`;
    const record = getOr(this.values, id, () => ({
      kind,
      name,
      file,
      range,
      hintAt: { line: range.endLine, column: range.endColumn },
      uses: [],
    }));
    const path = this.#path(ip, frame);
    const from = this.#calledFrom(ip, frame, path);
    if (!this.#isNew(record, useKey(path, this.root, from, text))) return;
    record.uses.push({
      path,
      root: this.root,
      ...(from ? { from } : {}),
      text,
      shape: shapeOf(value),
      dtype: value.kind === 'tensor' ? value.dtype : null,
    });
  }

  /** Called by operators' rules. */
  emitted(emit: Emitted): void {
    this.emits++;
    this.lastEmit = emit;
  }

  beforeCall(ip: Interpreter, frame: Frame, _node: Expression): Pending | null {
    if (!frame.module.file || !this.#wants(frame.module.file)) return null;
    return { emits: this.emits, macs: ip.recorder?.total ?? 0 };
  }

  afterCall(
    ip: Interpreter,
    frame: Frame,
    node: Expression & { kind: 'Call' },
    callee: Value,
    args: Arguments,
    result: Value,
    before: Pending,
  ): void {
    if (result.kind === 'instance' && result.module) {
      // A part is made again by its whole.
      const mayGo = ip.speculation > 0 && !(frame.self?.kind === 'instance' && frame.self.module);
      this.#layer(frame, node, result, mayGo ? { callee, args: copied(args) } : null);
    }
    const output = showValue(result);
    if (output === null) return;
    const { file, ...range } = spotOf(frame, node);
    const layer = callee.kind === 'instance' && callee.module ? callee : null;
    const single = this.emits === before.emits + 1 ? this.lastEmit : null;
    const operator = layer
      ? layer.cls.name
      : callee.kind === 'class'
        ? callee.name
        : (single?.operator ?? nameOf(node.callee));
    const { file: _, ...calleeRange } = spotOf(frame, node.callee);
    const record = getOr(this.calls, `${range.line}:${range.column}-${range.endLine}:${range.endColumn}`, () => ({
      file,
      range,
      calleeRange,
      operator,
      uses: [],
    }));
    const path = this.#path(ip, frame);
    const from = this.#calledFrom(ip, frame, path);
    if (!this.#isNew(record, useKey(path, this.root, from, output))) return;
    const total = ip.recorder?.total ?? 0;
    const macs = total === null || before.macs === null ? null : dims.sub(total, before.macs);
    const params = layer ? moduleParams(layer) : single?.params;
    record.uses.push({
      path,
      root: this.root,
      ...(from ? { from } : {}),
      layer: layer ? (ip.recorder?.paths.get(layer) ?? null) : null,
      inputs: args.positional.map((v) => showValue(v)).filter((t) => t !== null),
      output,
      dtype: result.kind === 'tensor' ? result.dtype : null,
      params: params !== null && params !== undefined && dims.isExact(params) ? params : null,
      macs: macs !== null && dims.isExact(macs) ? macs : null,
      macsText: macs !== null && !dims.isExact(macs) ? showDim(macs) : null,
      bytes: result.kind === 'tensor' ? bytesOf(result) : null,
      arithmetic: single?.arithmetic ?? [],
      receptiveField: single?.field ?? null,
    });
  }

  #layer(frame: Frame, node: Expression, made: InstanceValue, from: Made | null): void {
    const { file, ...range } = spotOf(frame, node);
    const id = `${range.line}:${range.column}-${range.endLine}:${range.endColumn}`;
    const record = getOr(this.layers, id, () => ({ file, range, className: made.cls.name, instances: [] }));
    if (record.instances.length < MOST_USES && !record.instances.some((i) => i.instance === made))
      record.instances.push({ instance: made, root: this.root, from });
  }

  /** Takes over what another observer saw constructed. */
  addLayers(other: Observer): void {
    for (const [id, record] of other.layers) {
      const known = this.layers.get(id);
      if (!known) this.layers.set(id, record);
      else known.instances.push(...record.instances.slice(0, MOST_USES - known.instances.length));
    }
  }

  /** Where an object is being constructed: the call that the innermost frame of source is at. */
  origin(ip: Interpreter): CallOrigin | null {
    return originOf(ip);
  }
}

/** The constructor call that is running, with where each of its arguments stands. */
export function originOf(ip: Interpreter): CallOrigin | null {
  const { frame } = ip;
  const site = frame?.site as (Place & { kind?: string }) | undefined;
  if (!frame || site?.kind !== 'Call') return null;
  const call = site as Expression & { kind: 'Call' };
  return {
    spot: spotOf(frame, call),
    args: call.args.map((a) => ({
      name: a.kind === 'keyword' ? a.name : a.kind === 'positional' ? null : '*',
      spot: spotOf(frame, a.value),
      expression: a.value,
    })),
  };
}

/** Arguments as they are now: a list that a branch fills is emptied when that is taken back. */
const copied = ({ positional, keywords }: Arguments): Arguments => ({
  positional: positional.map(copyOf),
  keywords: keywords && new Map([...keywords].map(([name, v]) => [name, copyOf(v)])),
});

const copyOf = (v: Value): Value => (v.kind === 'list' ? { ...v, items: v.items.map(copyOf) } : v);

const useKey = (path: string, root: number, from: CalledFrom | undefined, text: string): string =>
  `${root} ${path} ${from ? `${from.path} ${from.file}:${from.line}` : ''} ${text}`;

const nameOf = (callee: Expression): string =>
  callee.kind === 'Attribute' || callee.kind === 'Name' ? callee.name : 'call';

export function bytesOf(t: TensorValue): number | null {
  if (!t.shape || !t.dtype || !t.shape.every((d): d is number => typeof d === 'number')) return null;
  return t.shape.reduce((a, b) => a * b, 1) * BYTES_OF[t.dtype as DType];
}

/** Parameters of a module and its children, shared ones once. */
export function moduleParams(module: InstanceValue, seen = new Set<object>(), trainableOnly = false): dims.Dim | null {
  if (seen.has(module)) return 0;
  if (module.module?.unknownChildren) return null;
  seen.add(module);
  let sum: dims.Dim = 0;
  for (const p of module.module?.parameters.values() ?? []) {
    if (p.kind === 'none' || seen.has(p)) continue;
    // register_parameter may be given something that is not known.
    if ((p as Value).kind !== 'tensor') return null;
    seen.add(p);
    if (trainableOnly && p.parameter?.requiresGrad === false) continue;
    if (p.shape === null) return null;
    let n: dims.Dim = 1;
    for (const d of p.shape) {
      if (d === null) return null;
      n = dims.mul(n, d);
    }
    sum = dims.add(sum, n);
  }
  for (const [name, child] of module.module?.children ?? []) {
    if (child.kind === 'none') continue;
    if (child.kind !== 'instance') return null;
    const n = moduleParams(child, seen, trainableOnly);
    if (n === null) return null;
    const copies = module.module?.copies.get(name);
    sum = dims.add(sum, copies?.kind === 'int' ? dims.mul(n, copies.value) : n);
  }
  return sum;
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
