// Value: what a program can hold while it is interpreted. Sizes may be symbolic; anything may be unknown, with a reason.
//   nn.Conv2d(3, 64, 7)  → an instance of a class;  x.shape[1]  → an int whose value is a Dim;  open('a')  → unknown

import type { Dim } from '../dims/dim.ts';
import type { Condition } from '../interp/constraints.ts';
import type { Ratio } from '../interp/symbolicFloat.ts';
import type { Expression, FunctionCode } from '../syntax/program.ts';
import type { TensorValue } from './tensor.ts';

export interface NoneValue {
  kind: 'none';
}
export interface BoolValue {
  kind: 'bool';
  value: boolean;
}
export interface IntValue {
  kind: 'int';
  value: Dim;
}
export interface FloatValue {
  kind: 'float';
  value: number;
}
export interface StrValue {
  kind: 'str';
  value: string;
}
export interface ListValue {
  kind: 'list';
  items: Value[];
  /** Set where the items are not known (any more): why. */
  unknown: string | null;
  /** Where only the length is not known: what every item is like, and the symbol for how many there are. */
  repeat?: { item: Value; count: Dim };
}
export interface TupleValue {
  kind: 'tuple';
  items: readonly Value[];
  /** A named tuple's class and field names; torch.Size has a class without fields. */
  cls: ClassValue | null;
  fields: readonly string[] | null;
}
export interface DictValue {
  kind: 'dict';
  entries: Map<string, { key: Value; value: Value }>;
  /** Set where there may be entries that are not known: why. */
  unknown: string | null;
  /** OrderedDict, defaultdict, Counter or a subclass; null for a plain dict. */
  cls: ClassValue | null;
  /** What makes a missing entry (defaultdict). */
  factory: Value | null;
}
export interface SetValue {
  kind: 'set';
  entries: Map<string, Value>;
  unknown: string | null;
}
export interface RangeValue {
  kind: 'range';
  start: Dim;
  stop: Dim;
  step: Dim;
}
export interface SliceValue {
  kind: 'slice';
  start: Value;
  stop: Value;
  step: Value;
}
export interface EllipsisValue {
  kind: 'ellipsis';
}
/** A started iteration: what iter(), zip(), map() and generators give. */
export interface IteratorValue {
  kind: 'iterator';
  /** Null at the end, and where what follows is not known. */
  next: () => Value | null;
  /** Set where it ended because what follows is not known: why. */
  unknown?: string | null;
  /** Where only how often it yields is not known (the batches of a loader): what each is like. */
  each?: { item: Value; count: Dim };
  generator?: GeneratorControl;
}

/** What only generators have: send(), throw(), close() and the value of their `return`. */
export interface GeneratorControl {
  send: (value: Value) => Value | null;
  throw: (signal: unknown) => Value | null;
  close: () => void;
  returned: Value;
}

export interface Arguments {
  positional: Value[];
  keywords: Map<string, Value> | null;
}

/** Variables of a function call, a module or a class body. */
export interface Scope {
  variables: Map<string, Value | Lazy>;
  /** Where names are looked up next; class bodies are skipped by their methods. */
  parent: Scope | null;
  kind: 'module' | 'function' | 'class' | 'comprehension';
  /** Names declared `global` or `nonlocal`, with the scope that holds them. */
  elsewhere: Map<string, Scope> | null;
  module: ModuleValue;
}

export interface FunctionValue {
  kind: 'function';
  name: string;
  code: FunctionCode;
  scope: Scope;
  /** Defaults by parameter name, evaluated where the function was defined (or when first used, if only an import stands in the way). */
  defaults: Map<string, Value | Lazy>;
  /** The class whose body defined it, for super(). */
  owner: ClassValue | null;
  attributes: Map<string, Value>;
}

export type Native<Context> = (context: Context, args: Arguments) => Value;

export interface BuiltinValue {
  kind: 'builtin';
  name: string;
  // The interpreter is the context; values do not import it, so that the arrow of imports points one way.
  call: (interpreter: never, args: Arguments) => Value;
  /** Binds like a function when found on a class. */
  bindsSelf: boolean;
  attributes: Map<string, Value> | null;
}
export interface MethodValue {
  kind: 'method';
  self: Value;
  function: Value;
}
export interface ClassValue {
  kind: 'class';
  name: string;
  module: string;
  bases: readonly ClassValue[];
  /** Itself first; C3 order. */
  mro: readonly ClassValue[];
  dict: Map<string, Value | Lazy>;
  /** A base that is not known: attributes that are not found may be inherited from it. */
  unknownBase: string | null;
  source: SourceSpot | null;
}
export interface InstanceValue {
  kind: 'instance';
  cls: ClassValue;
  attributes: Map<string, Value>;
  /** nn.Module's registries. */
  module: ModuleState | null;
  /** Where it was constructed. */
  origin: CallOrigin | null;
  /** The branch of an unknown condition in which it was constructed: what that branch adds to it is surely there. */
  branch?: object;
  /** The statement that first made it an attribute of a module: `self.conv1 = conv3x3(64, 64)`. */
  assignedAt?: SourceSpot;
  /** The value underneath an instance of a class that extends list, dict, tuple, str, int (or an enum member's value). */
  base: Value | null;
}

/** What nn.Module keeps of its children. */
export interface ModuleState {
  parameters: Map<string, TensorValue | NoneValue>;
  buffers: Map<string, TensorValue | NoneValue>;
  children: Map<string, InstanceValue | NoneValue>;
  /** Set where it may have children that are not known: why. Its parameters cannot be counted then. */
  unknownChildren: string | null;
  /** Children that stand for several alike, by name: how many, where that is a symbol (an IntValue). */
  copies: Map<string, Value>;
}

export interface ModuleValue {
  kind: 'module';
  name: string;
  file: string | null;
  variables: Map<string, Value | Lazy>;
  /** A library's module that has no source here: names that it lacks are unknown, not errors. */
  open: boolean;
}

export interface PropertyValue {
  kind: 'property';
  get: Value;
  set: Value | null;
}
export interface StaticMethodValue {
  kind: 'staticmethod';
  function: Value;
}
export interface ClassMethodValue {
  kind: 'classmethod';
  function: Value;
}
export interface SuperValue {
  kind: 'super';
  /** The class after which the search begins. */
  after: ClassValue;
  self: Value;
}
/** A library's constant: torch.float32, a device, a memory format. */
export interface OpaqueValue {
  kind: 'opaque';
  type: 'dtype' | 'device' | 'memory_format' | 'layout' | 'other';
  name: string;
}
export interface UnknownValue {
  kind: 'unknown';
  reason: string;
  /** What is known of it all the same. */
  about?: Partly;
}

/** Something that is not known, but that tells of sizes where it turns out to be one thing or another. */
export type Partly =
  /** Whether sizes compare like this depends on symbols: where it must be true, `all` hold; where false, none of `any`. */
  | { kind: 'condition'; all: readonly Condition[]; any: readonly Condition[] }
  /** Any number of items, which stand where one does: `f(a, *rest)` with a rest that is not known. */
  | { kind: 'items'; repeat?: ListValue['repeat'] }
  /** A float that depends on symbols: what it is a ratio of, where that is known. */
  | { kind: 'number'; ratio: Ratio | null }
  /** The shape of an input that nobody gave: unpacking it tells how many axes it has. */
  | { kind: 'sizes'; input: TensorValue };

export type Value =
  | NoneValue
  | BoolValue
  | IntValue
  | FloatValue
  | StrValue
  | ListValue
  | TupleValue
  | DictValue
  | SetValue
  | RangeValue
  | SliceValue
  | EllipsisValue
  | IteratorValue
  | FunctionValue
  | BuiltinValue
  | MethodValue
  | ClassValue
  | InstanceValue
  | ModuleValue
  | PropertyValue
  | StaticMethodValue
  | ClassMethodValue
  | SuperValue
  | OpaqueValue
  | TensorValue
  | UnknownValue;

/** A binding that is worked out when it is first read: an import, a decorated definition. */
export interface Lazy {
  kind: 'lazy';
  force: () => Value;
}

/** A place in a file, absolute lines. */
export interface SourceSpot {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** A call in the source that constructed something, with where each argument stands. */
export interface CallOrigin {
  spot: SourceSpot;
  args: readonly { name: string | null; spot: SourceSpot; expression: Expression }[];
}
