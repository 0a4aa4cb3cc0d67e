// warnings, logging, sys, importlib: what model files use of them.

import { native } from '../../interp/native.ts';
import { asString, builtin, classValue, instance, int, list, NONE, str, tuple, unknown } from '../../values/make.ts';
import type { Value } from '../../values/value.ts';
import { OBJECT } from '../types.ts';
import { NULL_CONTEXT } from './contextlib.ts';

const ignore = (name: string): [string, Value] => [name, builtin(name, () => NONE, false)];
const nothing = (...names: string[]): [string, Value][] => names.map(ignore);

export const warnings = (): [string, Value][] => [
  ...nothing('warn', 'filterwarnings', 'simplefilter', 'warn_explicit', 'resetwarnings'),
  ['catch_warnings', NULL_CONTEXT],
];

const LOGGER = classValue(
  'Logger',
  [OBJECT],
  nothing(
    'debug',
    'info',
    'warning',
    'warn',
    'error',
    'critical',
    'exception',
    'log',
    'setLevel',
    'addHandler',
    'warning_once',
    'info_once',
  ),
);

export const logging = (): [string, Value][] => [
  ...nothing('debug', 'info', 'warning', 'warn', 'error', 'critical', 'exception', 'basicConfig', 'disable'),
  ['getLogger', builtin('getLogger', () => instance(LOGGER), false)],
  ['Logger', LOGGER],
];

export const sys = (): [string, Value][] => [
  ['version_info', tuple([3, 11, 0].map((n) => int(n)))],
  ['modules', unknown('which modules are loaded')],
  ['path', list([])],
  ['argv', list([str('model.py')])],
  ['maxsize', int(Number.MAX_SAFE_INTEGER)],
  ['platform', str('linux')],
  ['version', str('3.11.0')],
  ...nothing('exit'),
];

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export const string = (): [string, Value][] => [
  ['ascii_lowercase', str(LETTERS)],
  ['ascii_uppercase', str(LETTERS.toUpperCase())],
  ['ascii_letters', str(LETTERS + LETTERS.toUpperCase())],
  ['digits', str('0123456789')],
  ['hexdigits', str('0123456789abcdefABCDEF')],
  ['octdigits', str('01234567')],
  ['punctuation', str('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')],
  ['whitespace', str(' \t\n\r\v\f')],
];

export const importlib = (): [string, Value][] => [
  [
    'import_module',
    native(
      'import_module',
      'name, package=None',
      (ip, { name }) =>
        asString(name) === null
          ? unknown('which module this is is not known')
          : (ip.loader.load(ip, asString(name)!) ?? unknown('this module was not found')),
      false,
    ),
  ],
];
