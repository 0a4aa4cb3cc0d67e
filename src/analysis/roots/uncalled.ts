// Functions that nobody calls: what they would do with a model tells what it is made with, and fed.
//   def main():
//       net = Net(num_classes=10)                # how Net is built
//       summary(net, (3, 32, 32))                # and what it is fed: a root
// They run with arguments that are not known, on a small allowance. What they find wrong themselves is not reported,
// since nobody says that they run; what a model's forward shows under them is.

import type { Interpreter } from '../interp/interpreter.ts';
import { Observer } from '../interp/observer.ts';
import type { FunctionCode, Program, Statement } from '../syntax/program.ts';
import { MARKS, parameterSets } from '../tools/pytest.ts';
import { isModule, MODULE } from '../torch/module.ts';
import { isSubclass, unknown } from '../values/make.ts';
import type { ClassValue, FunctionValue, InstanceValue, ModuleValue, Value } from '../values/value.ts';
import type { CallRoots } from './callRoots.ts';
import { attempt, definitions, maybeFactory, type TopLevelDefinition } from './find.ts';

export interface Allowance {
  steps: number;
  milliseconds: number;
}

/** For one function, and for all of a file's together. */
const ONE: Allowance = { steps: 300_000, milliseconds: 60 };
const ALL_MILLISECONDS = 150;

/** So many argument sets of a parametrised test are tried. */
const MOST_SETS = 4;

/** Runs something aside: of what it does, only roots and constructed models are kept. */
export function aside(
  ip: Interpreter,
  calls: CallRoots,
  wants: (file: string) => boolean,
  wanted: ReadonlySet<ClassValue> | null,
  run: () => void,
): Observer {
  const before = { observer: ip.observer, hook: ip.onTopLevelCall, cut: ip.cutLoopsOf };
  const observer = new Observer(wants);
  calls.speculation = { wanted, problems: ip.problems.length, gaps: ip.gaps.length };
  ip.observer = observer;
  ip.onTopLevelCall = calls.hook;
  ip.cutLoopsOf = new Set();
  try {
    run();
  } finally {
    ip.problems.length = calls.speculation.problems;
    ip.gaps.length = calls.speculation.gaps;
    calls.speculation = null;
    ip.observer = before.observer;
    ip.onTopLevelCall = before.hook;
    ip.cutLoopsOf = before.cut;
  }
  return observer;
}

/** Names whose mention makes a function worth a run: the model classes, models, and functions that return them. */
export function modelNames(
  ip: Interpreter,
  program: Program,
  module: ModuleValue,
  isOfInterest: (v: Value) => boolean,
): Set<string> {
  const names = new Set<string>();
  const all = definitions(program);
  const classes = new Set(all.filter((d) => d.statement.kind === 'Class').map((d) => d.name));
  for (const [name, bound] of module.variables) {
    // Classes are worked out when their name is first read; imports may wait.
    if (bound.kind === 'lazy' ? !classes.has(name) : !isOfInterest(bound)) continue;
    const value = attempt(ip, () => ip.read(module.variables, name) ?? null);
    if (value && isOfInterest(value)) names.add(name);
  }
  // build() that returns Net(), make() that returns build().
  const functions = all.filter((d) => d.statement.kind === 'Function');
  for (let more = true; more && names.size > 0; ) {
    more = false;
    const mention = mentioning(names);
    for (const d of functions) {
      if (names.has(d.name) || !/\b(?:return|yield)\b/.test(d.chunk.text) || !mention(d)) continue;
      names.add(d.name);
      more = true;
    }
  }
  return names;
}

export const isModel = (v: Value): boolean =>
  (v.kind === 'class' && v.source !== null && isSubclass(v, MODULE)) || isModule(v);

const escaped = (name: string): string => name.replace(/[$]/g, '\\$&');

/** Whether a definition's text holds one of the names. */
export function mentioning(names: ReadonlySet<string>): (d: TopLevelDefinition) => boolean {
  const pattern = new RegExp(
    `(?<![\\w.])(?:${[...names].map(escaped).join('|')})\\b|\\.(?:${[...names].map(escaped).join('|')})\\(`,
  );
  return (d) => pattern.test(withoutHead(d));
}

/** `def build():` does not mention itself by its own name. */
function withoutHead({ chunk: { text }, name }: TopLevelDefinition): string {
  return text.slice(Math.max(0, text.indexOf(name)) + name.length);
}

/** Runs the functions, tests and plain classes of a module that mention a model, and have not run. */
export function runUncalled(
  ip: Interpreter,
  program: Program,
  module: ModuleValue,
  names: ReadonlySet<string>,
  ran: ReadonlySet<FunctionCode>,
): void {
  if (names.size === 0) return;
  const mention = mentioning(names);
  const candidates = definitions(program).filter((d) => mention(d) && isWorthARun(d, names));
  const deadline = performance.now() + ALL_MILLISECONDS;
  const entered = (): ReadonlySet<FunctionCode> => ip.observer?.entered ?? new Set();
  const isDone = (code: FunctionCode): boolean => ran.has(code) || entered().has(code);
  for (const d of [...candidates].sort(
    (a, b) => Number(isMentioned(a, candidates)) - Number(isMentioned(b, candidates)),
  )) {
    if (performance.now() > deadline) return;
    const value = attempt(ip, () => ip.read(module.variables, d.name) ?? null);
    if (value?.kind === 'function' && !isDone(value.code)) runFunction(ip, module, value, []);
    else if (value?.kind === 'class' && !isSubclass(value, MODULE)) runMethods(ip, module, value, isDone, deadline);
  }
}

/** A helper that another candidate calls is better seen from there. */
const isMentioned = (d: TopLevelDefinition, all: readonly TopLevelDefinition[]): boolean => {
  const pattern = new RegExp(`\\b${escaped(d.name)}\\s*\\(`);
  return all.some((other) => other !== d && pattern.test(other.chunk.text));
};

/** What only gives a model is a factory: those that need no arguments are built for themselves. */
function isWorthARun(d: TopLevelDefinition, names: ReadonlySet<string>): boolean {
  if (d.statement.kind === 'Class' || !maybeFactory(d)) return true;
  return !givesModel(d.statement.code.body(), names);
}

function givesModel(body: readonly Statement[], names: ReadonlySet<string>): boolean {
  const last = body[body.length - 1];
  if (last?.kind === 'If') return givesModel(last.consequent, names);
  if (last?.kind !== 'Return' || !last.value) return false;
  const { value } = last;
  if (value.kind === 'Call') return value.callee.kind === 'Name' && names.has(value.callee.name);
  if (value.kind !== 'Name') return false;
  return body.some(
    (s) =>
      s.kind === 'Assign' &&
      s.targets.some((t) => t.kind === 'Name' && t.name === value.name) &&
      s.value.kind === 'Call' &&
      s.value.callee.kind === 'Name' &&
      names.has(s.value.callee.name),
  );
}

/** One call of a function, with fixtures and the parameters of a test where it has some; all else is not known. */
function runFunction(ip: Interpreter, module: ModuleValue, f: FunctionValue, self: readonly Value[]): void {
  if (f.attributes.has(MARKS.skipped) || f.attributes.has(MARKS.fixture) || f.code.isGenerator()) return;
  ip.cutLoopsOf?.add(f.code);
  for (const given of attempt(ip, () => parameterSets(ip, f, MOST_SETS)) ?? [new Map<string, Value>()]) {
    alone(ip, () => ip.call(f, [...self, ...argumentsOf(ip, module, f, self.length, given)]));
  }
}

function argumentsOf(
  ip: Interpreter,
  module: ModuleValue,
  f: FunctionValue,
  from: number,
  given: ReadonlyMap<string, Value>,
): Value[] {
  const out: Value[] = [];
  for (const p of f.code.params.slice(from)) {
    if (p.kind !== 'normal' && p.kind !== 'positionalOnly') break;
    const known = given.get(p.name) ?? fixture(ip, module, p.name, 0);
    if (!known && f.defaults.has(p.name)) {
      const fallback = f.defaults.get(p.name)!;
      out.push(ip.force(fallback));
    } else out.push(known ?? unknown(`nobody calls ${f.name}(), so ${p.name} is not known`));
  }
  return out;
}

/** What a fixture of the same file gives. */
function fixture(ip: Interpreter, module: ModuleValue, name: string, depth: number): Value | null {
  const f = ip.read(module.variables, name);
  if (f?.kind !== 'function' || !f.attributes.has(MARKS.fixture) || depth > 4) return null;
  const args = f.code.params.map(
    (p) => fixture(ip, module, p.name, depth + 1) ?? unknown('it is not a fixture of this file'),
  );
  const made = ip.call(f, args);
  return made.kind === 'iterator' ? made.next() : made;
}

/** A test class, or any other that works with a model: made, set up, and each of its methods called. */
function runMethods(
  ip: Interpreter,
  module: ModuleValue,
  cls: ClassValue,
  isDone: (code: FunctionCode) => boolean,
  deadline: number,
): void {
  let self: Value | null = null;
  alone(ip, () => {
    self = make(ip, cls);
  });
  const made = self as Value | null;
  if (made?.kind !== 'instance') return;
  const methods = [...cls.dict].flatMap(([name, f]): [string, FunctionValue][] =>
    f.kind === 'function' ? [[name, f]] : [],
  );
  const setUp = methods.filter(([name]) =>
    ['setUpClass', 'setup_class', 'setUp', 'setup_method', 'setup'].includes(name),
  );
  const isTest = methods.some(([name]) => name.startsWith('test'));
  for (const [name, f] of [...setUp, ...methods]) {
    if (performance.now() > deadline) return;
    if (
      name.startsWith('__') ||
      isDone(f.code) ||
      (isTest && !name.startsWith('test') && !setUp.some(([n]) => n === name))
    )
      continue;
    runFunction(ip, module, f, [made]);
  }
}

function make(ip: Interpreter, cls: ClassValue): InstanceValue | null {
  const init = cls.mro.map((c) => c.dict.get('__init__')).find((f) => f !== undefined);
  const needed =
    init?.kind === 'function' ? init.code.params.slice(1).filter((p) => p.default === null && p.kind === 'normal') : [];
  const made = ip.call(
    cls,
    needed.map((p) => unknown(`nobody makes a ${cls.name}, so ${p.name} is not known`)),
  );
  return made.kind === 'instance' ? made : null;
}

/** Runs on an allowance of its own, from the outermost level, and lets nothing out. */
export function alone(ip: Interpreter, run: () => void): void {
  const { onTopLevelCall, journal, frame } = ip;
  attempt(ip, () => ip.withAllowance(ONE, run));
  ip.onTopLevelCall = onTopLevelCall;
  ip.journal = journal;
  ip.frame = frame;
  ip.unknownContexts = 0;
}
