// Instances: the models that a source makes, with arguments that are known: how a class is built where no call shows it.
//   net = Net(num_classes=10, width=64)
//   for x, y in batches(): net(x)            # what x is nobody knows, but Net's layers are all there

import type { LayerRecord } from '../interp/observer.ts';
import { moduleParams } from '../interp/observer.ts';
import { walk } from '../torch/module.ts';
import type { ClassValue, InstanceValue, SourceSpot } from '../values/value.ts';
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
): MadeInstance[] {
  const all = [...records].flatMap((record) => record.instances.map(({ instance }) => ({ record, model: instance })));
  const inside = new Set<InstanceValue>();
  for (const { model } of all) for (const [path, m] of walk(model)) if (path !== '') inside.add(m);
  return all.flatMap(({ record, model }): MadeInstance[] => {
    if (inside.has(model) || !isComplete(model)) return [];
    if (![...classesIn(model)].some((cls) => classes.has(cls))) return [];
    const text = sourceOf(record.file);
    const build = (text && buildText(text, record.range)) ?? `${model.cls.name}(…)`;
    return [{ model, build, source: { file: record.file, ...record.range } }];
  });
}

/** Whether everything that it was made with is known, as far as that matters. */
function isComplete(model: InstanceValue): boolean {
  if (moduleParams(model) === null) return false;
  for (const [, m] of walk(model)) {
    if (m.cls.module.startsWith('torch.')) continue;
    for (const value of m.attributes.values()) if (value.kind === 'unknown') return false;
  }
  return true;
}

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
