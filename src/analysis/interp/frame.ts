// Frame: one running function (or module body): its variables, its source, and the call it is at.

import type { Chunk, Place } from '../syntax/program.ts';
import type { FunctionValue, InstanceValue, ModuleValue, Scope, SourceSpot, Value } from '../values/value.ts';

export interface Frame {
  scope: Scope;
  module: ModuleValue;
  chunk: Chunk;
  /** Null for a module's body. */
  function: FunctionValue | null;
  /** The first argument of a method. */
  self: Value | null;
  /** The call (or statement) that is being evaluated. */
  site: Place;
  /** Values returned on branches that may or may not have been taken. */
  possibleReturns: Value[];
  /** In a generator: what each of its `yield` expressions gave last. */
  yields: Map<object, Value> | null;
  caller: Frame | null;
}

/** A place of a frame's source, in lines of its file. */
export function spotOf(frame: Frame, place: Place): SourceSpot {
  const base = frame.chunk.line;
  return {
    file: frame.module.file ?? frame.module.name,
    line: place.line + base,
    column: place.column,
    endLine: place.endLine + base,
    endColumn: place.endColumn,
  };
}

/** The module instance whose method runs in this frame, if it is one. */
export const selfModule = (frame: Frame): InstanceValue | null =>
  frame.self?.kind === 'instance' && frame.self.module ? frame.self : null;
