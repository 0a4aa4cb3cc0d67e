// torchvision's datasets and transforms, and PIL, as tables: they win over installed source, which would need real files.
// All else of torchvision (its models) is read as source where it is installed.

import type { Interpreter } from '../interp/interpreter.ts';
import { moduleValue, unknown } from '../values/make.ts';
import type { Lazy, ModuleValue, Value } from '../values/value.ts';
import { visionDatasets } from './datasets.ts';
import { pilImage } from './image.ts';
import { functionalTransforms, visionTransforms } from './transforms.ts';

/** Made once: nothing changes them. */
function once(make: () => [string, Value][]): () => [string, Value][] {
  let made: [string, Value][] | null = null;
  return () => (made ??= make());
}

const DATASETS = once(visionDatasets);
const TRANSFORMS = once(visionTransforms);
const FUNCTIONAL = once(functionalTransforms);
const IMAGES = once(pilImage);

const lazily = (ip: Interpreter, name: string): Lazy => ({
  kind: 'lazy',
  force: () => ip.loader.load(ip, name) ?? unknown(`module ${name} was not found`),
});

function moduleOf(
  ip: Interpreter,
  name: string,
  entries: readonly [string, Value][],
  children: readonly string[],
): ModuleValue {
  const module = moduleValue(name, entries, true);
  for (const child of children) module.variables.set(child, lazily(ip, `${name}.${child}`));
  return module;
}

/** Known whether torchvision is installed or not. */
export function visionModule(ip: Interpreter, name: string): ModuleValue | null {
  switch (name) {
    case 'torchvision.datasets':
      return moduleOf(ip, name, DATASETS(), []);
    case 'torchvision.transforms':
      return moduleOf(ip, name, TRANSFORMS(), ['functional', 'v2']);
    case 'torchvision.transforms.v2':
      return moduleOf(ip, name, TRANSFORMS(), ['functional']);
    case 'PIL':
      return moduleOf(ip, name, [], ['Image']);
    case 'PIL.Image':
      return moduleOf(ip, name, IMAGES(), []);
    default:
      return null;
  }
}

/** What stands for torchvision where no source of it is found. */
export function visionStandIn(ip: Interpreter, name: string): ModuleValue | null {
  if (name === 'torchvision') return moduleOf(ip, name, [], ['datasets', 'transforms']);
  const isFunctional = name === 'torchvision.transforms.functional' || name === 'torchvision.transforms.v2.functional';
  return isFunctional ? moduleOf(ip, name, FUNCTIONAL(), []) : null;
}
