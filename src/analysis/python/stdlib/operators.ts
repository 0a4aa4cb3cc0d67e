// operator: Python's operators as functions, and itemgetter, attrgetter, methodcaller.

import { callMethod, getAttribute } from '../../interp/attributes.ts';
import { getItem } from '../../interp/indexing.ts';
import type { Interpreter } from '../../interp/interpreter.ts';
import { type NativeTable, natives } from '../../interp/native.ts';
import { binary, unary } from '../../interp/operators.ts';
import { compareValues, truth } from '../../interp/truth.ts';
import type { BinaryOperator } from '../../syntax/program.ts';
import { asItems, asString, bool, builtin, tuple, unknown } from '../../values/make.ts';
import type { Value } from '../../values/value.ts';

const OPERATORS: Readonly<Record<string, BinaryOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  truediv: '/',
  floordiv: '//',
  mod: '%',
  pow: '**',
  matmul: '@',
  and_: '&',
  or_: '|',
  xor: '^',
  lshift: '<<',
  rshift: '>>',
};

export function operator(): [string, Value][] {
  const table: Record<string, NativeTable[string]> = {
    neg: ['a', (ip, { a }) => unary(ip, '-', a!)],
    getitem: ['a, b', (ip, { a, b }) => getItem(ip, a!, b!)],
    itemgetter: [
      '*items',
      (_, { items }) =>
        builtin<Interpreter>('itemgetter', (ip, { positional: [v] }) => pick(ip, v!, asItems(items)!), false),
    ],
    attrgetter: [
      '*names',
      (_, { names }) =>
        builtin<Interpreter>(
          'attrgetter',
          (ip, { positional: [v] }) => {
            const found = (asItems(names) ?? []).map((name) =>
              (asString(name) ?? '').split('.').reduce((o, part) => getAttribute(ip, o, part), v!),
            );
            return found.length === 1 ? found[0]! : tuple(found);
          },
          false,
        ),
    ],
    methodcaller: [
      'name, *args',
      (_, { name, args }) =>
        builtin<Interpreter>(
          'methodcaller',
          (ip, { positional: [v] }) => callMethod(ip, v!, asString(name) ?? '', asItems(args) ?? []),
          false,
        ),
    ],
    not_: ['a', (ip, { a }) => known(truth(ip, a!), true)],
    truth: ['a', (ip, { a }) => known(truth(ip, a!))],
    contains: ['a, b', (ip, { a, b }) => compareValues(ip, 'in', b!, a!)],
    is_: ['a, b', (ip, { a, b }) => compareValues(ip, 'is', a!, b!)],
    is_not: ['a, b', (ip, { a, b }) => compareValues(ip, 'is not', a!, b!)],
    pos: ['a', (ip, { a }) => unary(ip, '+', a!)],
    invert: ['a', (ip, { a }) => unary(ip, '~', a!)],
    concat: ['a, b', (ip, { a, b }) => binary(ip, '+', a!, b!)],
    iadd: ['a, b', (ip, { a, b }) => binary(ip, '+', a!, b!, true)],
    imul: ['a, b', (ip, { a, b }) => binary(ip, '*', a!, b!, true)],
  };
  for (const [name, op] of Object.entries(OPERATORS)) table[name] = ['a, b', (ip, { a, b }) => binary(ip, op, a!, b!)];
  for (const [name, op] of [
    ['lt', '<'],
    ['le', '<='],
    ['gt', '>'],
    ['ge', '>='],
    ['eq', '=='],
    ['ne', '!='],
  ] as const) {
    table[name] = ['a, b', (ip, { a, b }) => compareValues(ip, op, a!, b!)];
  }
  return natives(table, false);
}

const known = (t: boolean | null, negate = false): Value =>
  t === null ? unknown('it depends on values that are not known') : bool(t !== negate);

const pick = (ip: Interpreter, v: Value, items: readonly Value[]): Value =>
  items.length === 1 ? getItem(ip, v, items[0]!) : tuple(items.map((i) => getItem(ip, v, i)));
