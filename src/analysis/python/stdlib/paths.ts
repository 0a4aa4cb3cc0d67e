// os and os.path, as far as texts are known: nothing is read from any disk.

import type { Interpreter } from '../../interp/interpreter.ts';
import { type NativeTable, native, natives } from '../../interp/native.ts';
import { asItems, asString, bool, builtin, list, moduleValue, NONE, str, tuple, unknown } from '../../values/make.ts';
import type { Value } from '../../values/value.ts';

const notKnown = (): Value => unknown('a path that is not known');

/** A function of one path. */
const ofPath = (f: (path: string) => Value): NativeTable[string] => [
  'path',
  (_, { path }) => {
    const text = asString(path);
    return text === null ? notKnown() : f(text);
  },
];

function split(path: string): [string, string] {
  const at = path.lastIndexOf('/') + 1;
  const head = path.slice(0, at);
  return [/^\/+$/.test(head) ? head : head.replace(/\/+$/, ''), path.slice(at)];
}

function splitExtension(path: string): [string, string] {
  const [, name] = split(path);
  const dot = name.lastIndexOf('.');
  if (dot < 0 || /^\.+$/.test(name.slice(0, dot + 1))) return [path, ''];
  const at = path.length - name.length + dot;
  return [path.slice(0, at), path.slice(at)];
}

function join(parts: readonly string[]): string {
  let out = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    if (part.startsWith('/')) out = part;
    else out += out === '' || out.endsWith('/') ? part : `/${part}`;
  }
  return out;
}

function normal(path: string): string {
  const rooted = path.startsWith('/');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (part !== '..' || !rooted) out.push(part);
  }
  return (rooted ? '/' : '') + out.join('/') || '.';
}

const pair = ([a, b]: readonly [string, string]): Value => tuple([str(a), str(b)]);
const onDisk = (): Value => unknown('what the disk holds');

const PATH: NativeTable = {
  join: [
    '*parts',
    (_, { parts }) => {
      const texts = (asItems(parts) ?? []).map((p) => asString(p));
      return texts.includes(null) ? notKnown() : str(join(texts as string[]));
    },
  ],
  basename: ofPath((p) => str(split(p)[1])),
  dirname: ofPath((p) => str(split(p)[0])),
  split: ofPath((p) => pair(split(p))),
  splitext: ofPath((p) => pair(splitExtension(p))),
  normpath: ofPath((p) => str(normal(p))),
  isabs: ofPath((p) => bool(p.startsWith('/'))),
  abspath: ofPath((p) => (p.startsWith('/') ? str(normal(p)) : notKnown())),
  realpath: ofPath((p) => (p.startsWith('/') ? str(normal(p)) : notKnown())),
  expanduser: ofPath((p) => (p.startsWith('~') ? notKnown() : str(p))),
  exists: ['path', onDisk],
  isfile: ['path', onDisk],
  isdir: ['path', onDisk],
  getsize: ['path', onDisk],
};

export const osPath = (): [string, Value][] => [...natives(PATH, false), ['sep', str('/')]];

const nothing = (...names: string[]): [string, Value][] =>
  names.map((name) => [name, builtin(name, () => NONE, false)]);

export const os = (): [string, Value][] => [
  ['environ', unknown('the environment')],
  ['getenv', builtin<Interpreter>('getenv', () => unknown('the environment'), false)],
  ['path', moduleValue('os.path', osPath(), true)],
  ['sep', str('/')],
  ['linesep', str('\n')],
  ['name', str('posix')],
  ['getcwd', builtin('getcwd', notKnown, false)],
  ['listdir', native('listdir', 'path="."', () => ({ ...list([]), unknown: 'what the disk holds' }), false)],
  ['cpu_count', builtin('cpu_count', () => unknown('how many processors there are'), false)],
  ...nothing('makedirs', 'mkdir', 'remove', 'rename'),
];
