// Modules: `import torch.nn as nn`, `from ..utils import _log_api_usage_once`. Imports are lazy: a module's source is
// read and run when a name of it is first needed, and the __init__ of its packages only when a name of theirs is.

import { keyOf } from '../dims/dim.ts';
import type { HostFile } from '../host.ts';
import type { Program, Statement } from '../syntax/program.ts';
import { moduleValue, str, unknown } from '../values/make.ts';
import type { Lazy, ModuleValue, Value } from '../values/value.ts';
import { findAttribute } from './attributes.ts';
import type { Frame } from './frame.ts';
import type { Interpreter } from './interpreter.ts';
import { elementsOf } from './iteration.ts';
import { OutOfBudget, Raise } from './signals.ts';
import { runBlock } from './statements.ts';
import { quoted } from './text.ts';

/** Text → Program, kept by content. */
export type ParseFile = (path: string, file: HostFile & { kind: 'file' }) => Program;

/** An import that was put off. */
interface Unread {
  importer: ModuleValue;
  name: string;
}

/** So many modules are read for what they may register. */
const MOST_FOR_EFFECTS = 150;

export class ModuleLoader {
  readonly #roots: string[];
  readonly #parse: ParseFile;
  readonly #loaded = new Map<string, ModuleValue | null>();
  readonly #byPath = new Map<string, ModuleValue>();
  readonly #stars = new Map<ModuleValue, (() => ModuleValue | null)[]>();
  readonly #unread: Unread[] = [];
  readonly #packages: Unread[] = [];
  #readForEffects = 0;
  /** Every path that was asked for. */
  readonly dependencies = new Set<string>();
  readonly pending = new Set<string>();
  /** What was run, by file. */
  readonly programs = new Map<string, Program>();

  constructor(roots: readonly string[], parse: ParseFile) {
    this.#roots = [...roots];
    this.#parse = parse;
  }

  /** The name under which a file is imported, from the first root that holds it. */
  moduleName(file: string): string {
    const root = this.#roots.find((r) => file.startsWith(`${r}/`));
    const path = root ? file.slice(root.length + 1) : file.slice(file.lastIndexOf('/') + 1);
    return path.replace(/(\/__init__)?\.(pyi?|ipynb)$/, '').replaceAll('/', '.');
  }

  /** A further folder to look for imports in, after all others. */
  addRoot(folder: string): void {
    if (this.#roots.includes(folder)) return;
    this.#roots.push(folder);
    // What was not found before may be there.
    for (const [name, module] of this.#loaded) if (module === null) this.#loaded.delete(name);
  }

  /** The module that a file was run as. */
  moduleOf(path: string): ModuleValue | null {
    return this.#byPath.get(path) ?? null;
  }

  programOf(path: string, file: HostFile & { kind: 'file' }): Program {
    return this.#parse(path, file);
  }

  /** Runs a file that nobody may have imported, unless it has been run. */
  runFile(ip: Interpreter, path: string, program: Program): ModuleValue {
    const name = this.moduleName(path);
    return this.#byPath.get(path) ?? this.run(ip, program, this.#loaded.get(name) ? `${name} (${path})` : name, path);
  }

  /** Code that a program makes itself, for eval() and exec(). */
  parse(text: string): Program {
    return this.#parse('<string>', { kind: 'file', text, version: 0 });
  }

  /** Runs a file as the module that it is. */
  run(ip: Interpreter, program: Program, name: string, file: string | null = program.file): ModuleValue {
    const module: ModuleValue = { kind: 'module', name, file, variables: new Map(), open: false };
    this.#loaded.set(name, module);
    if (file !== null) this.programs.set(file, program);
    if (file !== null) this.#byPath.set(file, module);
    // Python runs a module's packages first.
    for (let at = name.lastIndexOf('.'); at > 0; at = name.lastIndexOf('.', at - 1))
      this.#packages.push({ importer: module, name: name.slice(0, at) });
    module.variables.set('__name__', str(name));
    this.#runBody(ip, program, module);
    return module;
  }

  #runBody(ip: Interpreter, program: Program, module: ModuleValue): void {
    const caller = ip.frame;
    const { journal, speculation, depth, guarded } = ip;
    ip.journal = null;
    ip.speculation = 0;
    ip.guarded = 0;
    const scope = { variables: module.variables, parent: null, kind: 'module' as const, elsewhere: null, module };
    try {
      for (const chunk of program.chunks) {
        const site = { line: 0, column: 0, endLine: 0, endColumn: 0 };
        const frame: Frame = {
          scope,
          module,
          chunk,
          function: null,
          self: null,
          site,
          possibleReturns: [],
          yields: null,
          caller,
        };
        ip.frame = frame;
        try {
          ip.registries.whileReading(ip, () => runBlock(ip, chunk.statements));
        } catch (signal) {
          // One statement that fails does not take the rest of the module with it.
          if (signal instanceof OutOfBudget) throw signal;
          ip.frame = frame;
          ip.depth = depth;
          if (signal instanceof Raise) ip.gap(`this raises ${describeException(signal)}`);
          else if (signal instanceof RangeError) ip.gap('this nests too deeply');
          else throw signal;
        }
      }
    } finally {
      ip.frame = caller;
      ip.journal = journal;
      ip.speculation = speculation;
      ip.guarded = guarded;
    }
  }

  /** A module by its absolute name, run if need be; null where there is no such module. */
  load(ip: Interpreter, name: string): ModuleValue | null {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const text = ip.library.source(name);
    if (text !== null) return this.run(ip, this.#parse(`<${name}>`, { kind: 'file', text, version: 0 }), name, null);
    const native = ip.library.module(ip, name);
    if (native) {
      this.#loaded.set(name, native);
      return native;
    }
    const found = this.#find(ip, name);
    if (!found) {
      const standIn = ip.library.standIn(ip, name);
      this.#loaded.set(name, standIn);
      return standIn;
    }
    if (found.file === null) {
      const namespace = moduleValue(name, [], false);
      namespace.file = found.path;
      this.#loaded.set(name, namespace);
      return namespace;
    }
    // The same file under another name (`net` and `src.net`) is the same module.
    const same = this.#byPath.get(found.path);
    if (same) {
      this.#loaded.set(name, same);
      return same;
    }
    return this.run(ip, this.#parse(found.path, found.file), name);
  }

  #find(ip: Interpreter, name: string): { path: string; file: (HostFile & { kind: 'file' }) | null } | null {
    const relative = name.replaceAll('.', '/');
    for (const root of this.#roots) {
      for (const path of [`${root}/${relative}.py`, `${root}/${relative}/__init__.py`]) {
        this.dependencies.add(path);
        const file = ip.host.read(path);
        if (file.kind === 'pending') this.pending.add(path);
        if (file.kind === 'file') return { path, file };
      }
      if (ip.host.isDirectory(`${root}/${relative}`)) return { path: `${root}/${relative}`, file: null };
    }
    return null;
  }

  /** What stands for a module that cannot be found: every name of it is unknown. */
  missing(name: string): ModuleValue {
    return moduleValue(name, [], true);
  }

  /** An attribute of a package that is a module of it: `torchvision.models`. */
  submodule(ip: Interpreter, module: ModuleValue, name: string): ModuleValue | null {
    // A library without source has the submodules that its table lists, and no others that are known.
    if (module.file === null) return null;
    const isPackage = /(^|\/)__init__\.pyi?$/.test(module.file) || !/\.pyi?$/.test(module.file);
    const found = isPackage ? this.load(ip, `${module.name}.${name}`) : null;
    return found && !isPlaceholder(found) ? found : null;
  }

  runImport(ip: Interpreter, s: Statement & { kind: 'Import' | 'ImportFrom' }): void {
    const frame = ip.frame!;
    const variables = frame.scope.variables;
    if (s.kind === 'Import') {
      for (const { name, alias } of s.names) {
        this.#putOff(frame, name);
        const first = name.split('.')[0]!;
        const wanted = alias ? name : first;
        ip.setVariable(
          variables,
          alias ?? first,
          this.#lazily(ip, frame, () => this.#require(ip, wanted)),
        );
      }
      return;
    }
    const base = this.#absolute(frame.module, s.module, s.level);
    this.#putOff(frame, base);
    if (s.names === '*') {
      this.#importAll(ip, frame, base);
      return;
    }
    for (const { name, alias } of s.names) {
      this.#putOff(frame, `${base}.${name}`);
      ip.setVariable(
        variables,
        alias ?? name,
        this.#lazily(ip, frame, () => this.#nameOf(ip, base, name)),
      );
    }
  }

  #putOff({ module, function: f }: Frame, name: string): void {
    if (f === null && module.file !== null && !this.#loaded.has(name)) this.#unread.push({ importer: module, name });
  }

  /**
   * Reads the next of the project's modules whose import was put off; false where there are no more. The one that is
   * named like the key comes first: `resnet50` is likely registered by resnet.py.
   */
  readNext(ip: Interpreter, key: string | null): boolean {
    while (this.#readForEffects < MOST_FOR_EFFECTS) {
      const likely =
        key === null ? -1 : this.#unread.findIndex(({ name }) => key.startsWith(name.slice(name.lastIndexOf('.') + 1)));
      const [next] =
        this.#unread.length > 0 ? this.#unread.splice(Math.max(likely, 0), 1) : this.#packages.splice(0, 1);
      if (!next) return false;
      if (this.#loaded.has(next.name) || !this.#inProject(ip, next)) continue;
      this.#readForEffects++;
      if (this.load(ip, next.name)) return true;
    }
    return false;
  }

  /** Modules of the importer's own package, or of the user's folder. */
  #inProject(ip: Interpreter, { importer, name }: Unread): boolean {
    if (ip.library.source(name) !== null || ip.library.module(ip, name)) return false;
    const found = this.#find(ip, name);
    if (!found?.file) return false;
    const top = (n: string): string => n.split('.')[0]!;
    return (
      top(importer.name) === top(name) ||
      (found.path.startsWith(`${this.#roots[0]}/`) && !/\/(?:site|dist)-packages\//.test(found.path))
    );
  }

  /** `..utils` in torchvision.models.resnet → torchvision.utils */
  #absolute(module: ModuleValue, name: string, level: number): string {
    if (level === 0) return name;
    const parts = module.name.split('.');
    const isPackage = module.file !== null && /(^|\/)__init__\.pyi?$/.test(module.file);
    const up = parts.slice(0, parts.length - level + (isPackage ? 1 : 0));
    return [...up, ...(name ? [name] : [])].join('.');
  }

  /** Inside `try: import x except ImportError`, whether it is there matters at once; else it can wait. */
  #lazily(ip: Interpreter, frame: Frame, resolve: () => Value | null): Value | Lazy {
    const { site, chunk } = frame;
    if (ip.guarded > 0) {
      const value = resolve();
      if (value === null) return ip.raise('ImportError', 'no such module or name');
      return value;
    }
    return {
      kind: 'lazy',
      force: () => {
        const current = ip.frame;
        ip.frame = { ...frame, site, chunk };
        try {
          return resolve() ?? ip.gap('this import was not found');
        } finally {
          ip.frame = current;
        }
      },
    };
  }

  #require(ip: Interpreter, name: string): Value | null {
    return this.load(ip, name) ?? (ip.guarded > 0 ? null : this.missing(name));
  }

  #nameOf(ip: Interpreter, base: string, name: string): Value | null {
    const module = this.load(ip, base);
    if (!module) return ip.guarded > 0 ? null : unknown(`module ${base} was not found`);
    const bound = ip.read(module.variables, name);
    if (bound !== undefined) return bound;
    const submodule = this.load(ip, `${base}.${name}`);
    if (submodule && !isPlaceholder(submodule)) return submodule;
    return this.fromStarImports(ip, module, name) ?? (module.open ? findAttribute(ip, module, name) : null);
  }

  /** `from x import *`: its names are looked up when one is not found otherwise. */
  #importAll(_ip: Interpreter, frame: Frame, base: string): void {
    const stars = this.#stars.get(frame.module);
    const load = () => this.load(_ip, base);
    if (stars) stars.push(load);
    else this.#stars.set(frame.module, [load]);
  }

  /** A name that a star import of the module binds; null where none does. */
  fromStarImports(ip: Interpreter, module: ModuleValue, name: string): Value | null {
    const stars = this.#stars.get(module);
    if (!stars) return null;
    for (let i = stars.length - 1; i >= 0; i--) {
      const from = stars[i]!();
      if (!from) continue;
      const all = ip.read(from.variables, '__all__');
      const listed = all ? elementsOf(ip, all) : null;
      if (listed ? !listed.some((v) => v.kind === 'str' && v.value === name) : name.startsWith('_')) continue;
      const bound = ip.read(from.variables, name) ?? this.fromStarImports(ip, from, name);
      if (bound) return bound;
      if (from.open) continue;
    }
    // A star import of something unknown may have bound it.
    return stars.some((load) => load() === null) ? unknown(`it may come from a module that was not found`) : null;
  }
}

/** What stands for any name of a library that has no rule: whether it is a module, a class or a function is not known. */
const isPlaceholder = (module: ModuleValue): boolean =>
  module.open && module.file === null && module.variables.size === 0;

/** "ValueError: blocks length should be 3" */
export function describeException(signal: Raise): string {
  const { exception } = signal;
  if (exception.kind !== 'instance') return 'an exception';
  const args = exception.attributes.get('args');
  const first = args?.kind === 'tuple' ? args.items[0] : undefined;
  const isKey = exception.cls.mro.some((c) => c.name === 'KeyError');
  const message =
    first?.kind === 'str'
      ? isKey
        ? quoted(first.value)
        : first.value
      : first?.kind === 'int'
        ? keyOf(first.value)
        : '';
  return `${exception.cls.name}${message ? `: ${message}` : ''}`;
}
