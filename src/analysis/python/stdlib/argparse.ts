// argparse: what a script has where nobody gives it arguments: the defaults.
//   parser.add_argument('--width', type=int, default=64)
//   args = parser.parse_args()      # args.width is 64; what has no default, and must be given, is not known

import type { Interpreter } from '../../interp/interpreter.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import {
  asItems,
  asString,
  bool,
  classValue,
  instance,
  isNone,
  list,
  NONE,
  tuple,
  unknown,
} from '../../values/make.ts';
import type { ClassValue, InstanceValue, Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';
import { NAMESPACE } from './typing.ts';

const put = (ip: Interpreter, self: Value, name: string, value: Value): void =>
  ip.setVariable((self as InstanceValue).attributes as never, name, value);

/** Of a parser, by destination. Kept as a dict value, so that branches that add an argument are undone like all else. */
const defaultsOf = (self: Value): ReadonlyMap<string, Value> =>
  new Map([...(self as InstanceValue).attributes].filter(([k]) => k.startsWith('=')).map(([k, v]) => [k.slice(1), v]));

/** `--no-cuda` → no_cuda */
function destination(names: readonly string[], dest: string | null): string | null {
  if (dest !== null) return dest;
  const long = names.find((n) => n.startsWith('--')) ?? names[0];
  return long === undefined ? null : long.replace(/^-+/, '').replaceAll('-', '_');
}

const option = (options: Value | undefined, name: string): Value | undefined =>
  options?.kind === 'dict' ? options.entries.get(`'${name}`)?.value : undefined;

function defaultOf(ip: Interpreter, names: readonly string[], options: Value | undefined): Value {
  const given = option(options, 'default');
  const type = option(options, 'type');
  // A default that is text goes through the type, as what the command line holds does.
  if (given?.kind === 'str' && type && type.kind !== 'none') return ip.call(type, [given]);
  if (given) return given;
  const action = asString(option(options, 'action'));
  if (action === 'store_true') return bool(false);
  if (action === 'store_false') return bool(true);
  const required = option(options, 'required');
  if (!names[0]?.startsWith('-') || (required && !(required.kind === 'bool' && !required.value)))
    return unknown('it is given on the command line');
  return action === 'count' || isNone(given) ? NONE : unknown('it is given on the command line');
}

const PARSER_METHODS: NativeTable = {
  __init__: ['self, *args, **kwargs', () => NONE],
  add_argument: [
    'self, *names, **options',
    (ip, { self, names, options }) => {
      const texts = (asItems(names) ?? []).map((n) => asString(n) ?? '');
      const name = destination(texts, asString(option(options, 'dest')));
      if (name !== null) put(ip, self!, `=${name}`, defaultOf(ip, texts, options));
      return NONE;
    },
  ],
  add_argument_group: ['self, *args, **kwargs', (_, { self }) => self!],
  add_mutually_exclusive_group: ['self, *args, **kwargs', (_, { self }) => self!],
  set_defaults: [
    'self, **values',
    (ip, { self, values }) => {
      if (values?.kind === 'dict')
        for (const { key, value } of values.entries.values()) put(ip, self!, `=${asString(key) ?? ''}`, value);
      return NONE;
    },
  ],
  get_default: ['self, dest', (_, { self, dest }) => defaultsOf(self!).get(asString(dest) ?? '') ?? NONE],
  parse_args: ['self, args=None, namespace=None', (ip, { self, args }) => parsed(ip, self!, args)],
  parse_known_args: [
    'self, args=None, namespace=None',
    (ip, { self, args }) => tuple([parsed(ip, self!, args), list([])]),
  ],
};

/** The namespace of the defaults; with arguments of its own (a list that the program makes) nothing is known of it. */
function parsed(_ip: Interpreter, self: Value, args: Value | undefined): Value {
  const isEmpty = asItems(args)?.length === 0;
  if (!isNone(args) && !isEmpty) return unknown('what the command line holds');
  return instance(NAMESPACE, defaultsOf(self));
}

const PARSER: ClassValue = classValue('ArgumentParser', [OBJECT], natives(PARSER_METHODS), {
  module: 'argparse',
  unknownBase: 'argparse',
});

export const argparse = (): [string, Value][] => [
  ['Namespace', NAMESPACE],
  ['ArgumentParser', PARSER],
];
