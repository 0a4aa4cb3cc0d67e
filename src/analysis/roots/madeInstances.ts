// Instances: the models that a source makes, with arguments that are known: how a class is built where no call shows it.
//   net = Net(num_classes=10, width=64)
//   for x, y in batches(): net(x)            # what x is nobody knows, but Net's layers are all there

import type { LayerRecord, Made } from '../interp/observer.ts';
import { moduleParams } from '../interp/observer.ts';
import { isTakenBack, walk } from '../torch/module.ts';
import type { ClassValue, InstanceValue, SourceSpot, Value } from '../values/value.ts';
import { classesIn } from './find.ts';

export interface MadeInstance {
  model: InstanceValue;
  build: string;
  source: SourceSpot;
}

/** The outermost models that were constructed and hold one of the classes, in the order in which they were. */
export function madeInstances(
  records: Iterable<LayerRecord>,
  classes: ReadonlySet<ClassValue>,
  sourceOf: (file: string) => string | null,
  isGoodEnough: (model: InstanceValue) => boolean = isComplete,
): MadeInstance[] {
  const all = [...records].flatMap((record) => record.instances.map(({ instance }) => ({ record, model: instance })));
  const inside = new Set<InstanceValue>();
  for (const { model } of all) for (const [path, m] of walk(model)) if (path !== '') inside.add(m);
  return all.flatMap(({ record, model }): MadeInstance[] => {
    if (inside.has(model) || !isGoodEnough(model)) return [];
    if (![...classesIn(model)].some((cls) => classes.has(cls))) return [];
    return [{ model, build: buildOf(sourceOf, record, model.cls), source: { file: record.file, ...record.range } }];
  });
}

/** A model that was made in a branch that was taken back. */
export interface UndoneInstance {
  cls: ClassValue;
  build: string;
  source: SourceSpot;
  /** What made it, to be made again. */
  from: Made;
}

/**
 * The models of these classes that are gone because the condition under which they were made is not known, as the last branch
 * of `if depth == 18: return Net([2, 2, 2, 2])` is: one of each class, wholes (which stand behind their parts) first.
 */
export function undoneInstances(
  records: Iterable<LayerRecord>,
  classes: readonly ClassValue[],
  sourceOf: (file: string) => string | null,
): UndoneInstance[] {
  const found = new Map<ClassValue, UndoneInstance>();
  for (const record of records) {
    for (const { instance, from } of record.instances) {
      const { cls } = instance;
      if (!from || !isTakenBack(instance) || found.has(cls) || !classes.includes(cls) || !isKnown(from)) continue;
      const source = { file: record.file, ...record.range };
      found.set(cls, { cls, build: buildOf(sourceOf, record, cls), source, from });
    }
  }
  return [...classes].reverse().flatMap((cls) => found.get(cls) ?? []);
}

const isKnown = ({ args: { positional, keywords } }: Made): boolean =>
  [...positional, ...(keywords?.values() ?? [])].every(isPlain);

/** Neither unknown nor an object, which may have been taken back too. */
const isPlain = (v: Value): boolean => {
  if (v.kind === 'list' || v.kind === 'tuple') return v.items.every(isPlain);
  return ['int', 'float', 'bool', 'str', 'none', 'class', 'function', 'builtin'].includes(v.kind);
};

const buildOf = (sourceOf: (file: string) => string | null, { file, range }: LayerRecord, cls: ClassValue): string => {
  const text = sourceOf(file);
  return (text && buildText(text, range)) ?? `${cls.name}(…)`;
};

/** Whether everything that it was made with is known, as far as that matters. */
export function isComplete(model: InstanceValue): boolean {
  if (isTakenBack(model) || moduleParams(model) === null) return false;
  for (const [, m] of walk(model)) {
    if (m.cls.module.startsWith('torch.')) continue;
    for (const value of m.attributes.values()) if (value.kind === 'unknown') return false;
  }
  return true;
}

/** Whether all of its layers are there, with weights whose sizes are known, whatever else is not. */
export const isFilled = (model: InstanceValue): boolean =>
  !isTakenBack(model) && [...walk(model)].every(([, m]) => hasLayers(m) && hasWeights(m));

/** A list of layers that is not known has none; a model may well have another that only a condition adds. */
const hasLayers = (m: InstanceValue): boolean => !m.cls.module.startsWith('torch.') || !m.module?.unknownChildren;

const hasWeights = (m: InstanceValue): boolean =>
  [...(m.module?.parameters.values() ?? [])].every(
    (p) => p.kind === 'none' || (p.kind === 'tensor' && p.shape !== null && !p.shape.includes(null)),
  );

/** The constructor call as it stands there, on one line; null where it is long. */
function buildText(source: string, range: LayerRecord['range']): string | null {
  const lines = source.split('\n').slice(range.line, range.endLine + 1);
  if (lines.length === 0 || lines.length > 8) return null;
  lines[lines.length - 1] = lines[lines.length - 1]!.slice(0, range.endColumn);
  lines[0] = lines[0]!.slice(range.column);
  const text = lines
    .map((l) => l.replace(/(?<!['"].*)#.*$/, '').trim())
    .join(' ')
    .replace(/\(\s+/g, '(')
    .replace(/,?\s+\)/g, ')');
  return text.length <= 80 ? text : null;
}
