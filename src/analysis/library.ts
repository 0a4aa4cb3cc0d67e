// The Python library as a whole: Python's own names, and torch's.

import { einops, einopsLayers } from './einops/library.ts';
import type { Library } from './interp/interpreter.ts';
import { pythonBuiltins } from './python/builtins.ts';
import { exceptionClass } from './python/exceptions.ts';
import { pythonAttribute, pythonModule } from './python/library.ts';
import { protocolOfType } from './python/protocol.ts';
import { typeOfPlain } from './python/types.ts';
import { toolModule } from './tools/library.ts';
import { tensorBinary } from './torch/elementwise.ts';
import { indexTensor } from './torch/indexing.ts';
import { torchModule } from './torch/library.ts';
import { callModule, moduleAttribute, setModuleAttribute } from './torch/module.ts';
import { TORCH_SOURCES } from './torch/sources.ts';
import { PARAMETER, sizeAttribute, TENSOR, tensorAttribute } from './torch/tensorAttributes.ts';
import { visionModule, visionStandIn } from './torchvision/library.ts';
import { moduleValue, unknown } from './values/make.ts';
import type { ModuleValue } from './values/value.ts';

function einopsModule(name: string): ModuleValue | null {
  if (name === 'einops') return moduleValue(name, einops(), true);
  return name === 'einops.layers.torch' ? moduleValue(name, einopsLayers(), true) : null;
}

/** What a Python file can name without source of its own. */
export function pythonLibrary(): Library {
  return {
    builtins: pythonBuiltins(),
    module: (ip, name) =>
      toolModule(name) ?? visionModule(ip, name) ?? torchModule(ip, name) ?? einopsModule(name) ?? pythonModule(name),
    standIn: visionStandIn,
    source: (name) => TORCH_SOURCES[name] ?? null,
    exception: exceptionClass,
    typeOf: (value) =>
      value.kind === 'tensor' ? (value.parameter?.isParameter ? PARAMETER : TENSOR) : typeOfPlain(value),
    attribute(ip, value, name) {
      if (value.kind === 'tensor') return tensorAttribute(ip, value, name);
      if (value.kind === 'tuple' && value.cls?.name === 'Size')
        return sizeAttribute(value, name) ?? pythonAttribute(value, name);
      if (name === '__class__') return this.typeOf(value);
      return (
        pythonAttribute(value, name) ?? (value.kind === 'opaque' ? unknown(`${value.name}.${name} is not known`) : null)
      );
    },
    typeAttribute: (cls, name) => protocolOfType(cls.name, name),
    tensorBinary,
    tensorIndex: (ip, t, index) =>
      t.kind === 'tensor' ? indexTensor(ip, t, index) : unknown('this tensor is not known'),
    callModule,
    moduleAttribute,
    setModuleAttribute,
  };
}
