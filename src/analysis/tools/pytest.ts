// pytest and unittest: what a test may not do to a model on purpose, and what its parameters are.
//   @pytest.mark.parametrize('size', [32, 64])
//   def test_shape(size): net(torch.randn(1, 3, size, size))
//   with pytest.raises(RuntimeError): net(torch.randn(1, 5, 8, 8))      # no example of how the net is used

import type { Interpreter } from '../interp/interpreter.ts';
import { elementsOf } from '../interp/iteration.ts';
import { type NativeTable, native, natives } from '../interp/native.ts';
import { OBJECT } from '../python/types.ts';
import { asItems, asString, builtin, classValue, instance, NONE, TRUE, tuple } from '../values/make.ts';
import type { ClassValue, FunctionValue, InstanceValue, Value } from '../values/value.ts';

/** Under which of a function's attributes these marks are kept. */
export const MARKS = { fixture: '*fixture', skipped: '*skipped', parameters: '*parameters' } as const;

interface Outside {
  guarded: number;
  hook: Interpreter['onTopLevelCall'];
}
const outside = new WeakMap<InstanceValue, Outside>();

/** `with pytest.raises(…)`: what happens inside is meant to fail, and shows nobody how a model is called. */
const RAISES: ClassValue = classValue('RaisesContext', [OBJECT], [], { module: 'pytest', unknownBase: 'pytest' });
for (const [name, method] of natives({
  __enter__: [
    'self',
    (ip, { self }) => {
      outside.set(self as InstanceValue, { guarded: ip.guarded, hook: ip.onTopLevelCall });
      ip.guarded++;
      ip.onTopLevelCall = null;
      return self!;
    },
  ],
  __exit__: [
    'self, *info',
    (ip, { self }) => {
      const before = outside.get(self as InstanceValue);
      if (before) {
        ip.guarded = before.guarded;
        ip.onTopLevelCall = before.hook;
      }
      return TRUE;
    },
  ],
}))
  RAISES.dict.set(name, method);

const raises: NativeTable[string] = ['*args, **kwargs', () => instance(RAISES)];

/** A decorator, with or without arguments of its own: `@fixture`, `@fixture(scope='module')`. */
function marking(name: string, mark: (f: FunctionValue, args: readonly Value[]) => void): [string, Value] {
  const apply = (value: Value | undefined, args: readonly Value[]): Value => {
    if (value?.kind === 'function') mark(value, args);
    return value ?? NONE;
  };
  return [
    name,
    native(
      name,
      '*args, **kwargs',
      (_, { args }) => {
        const given = asItems(args) ?? [];
        if (given[0]?.kind === 'function') return apply(given[0], []);
        return builtin<Interpreter>(name, (_ip, { positional: [f] }) => apply(f, given), false);
      },
      false,
    ),
  ];
}

const skip = (name: string): [string, Value] => marking(name, (f) => f.attributes.set(MARKS.skipped, TRUE));

const MARK = instance(classValue('MarkGenerator', [OBJECT], [], { module: 'pytest', unknownBase: 'pytest' }), [
  skip('skip'),
  skip('xfail'),
  marking('parametrize', (f, [names, values]) => {
    const known = f.attributes.get(MARKS.parameters);
    f.attributes.set(MARKS.parameters, tuple([...(asItems(known) ?? []), tuple([names ?? NONE, values ?? NONE])]));
  }),
]);

export const pytest = (): [string, Value][] => [
  ...natives({ raises, warns: raises, deprecated_call: raises }, false),
  marking('fixture', (f) => f.attributes.set(MARKS.fixture, TRUE)),
  [
    'param',
    native(
      'param',
      '*values, **options',
      (_, { values }) => ((v) => (v.length === 1 ? v[0]! : tuple(v)))(asItems(values) ?? []),
      false,
    ),
  ],
  ['mark', MARK],
];

/** The argument sets of a parametrised test: one that is shown for each of its values, at most `most` of them. */
export function parameterSets(ip: Interpreter, f: FunctionValue, most: number): Map<string, Value>[] {
  let sets: Map<string, Value>[] = [new Map()];
  for (const mark of asItems(f.attributes.get(MARKS.parameters)) ?? []) {
    const [names, values] = asItems(mark) ?? [];
    const text = asString(names);
    const list =
      text === null ? (asItems(names) ?? []).map((n) => asString(n) ?? '') : text.split(',').map((n) => n.trim());
    const rows = (values && elementsOf(ip, values)) ?? [];
    const made = sets.flatMap((set) =>
      rows.slice(0, most).map((row) => {
        const cells = list.length === 1 ? [row] : (asItems(row) ?? []);
        return new Map([...set, ...list.flatMap((name, i): [string, Value][] => (cells[i] ? [[name, cells[i]]] : []))]);
      }),
    );
    if (made.length > 0) sets = made.slice(0, most);
  }
  return sets;
}

/** unittest: its assertions give nothing, and what must raise is as in pytest. */
export const unittest = (): [string, Value][] => [
  [
    'TestCase',
    classValue(
      'TestCase',
      [OBJECT],
      natives({
        assertRaises: ['self, *args, **kwargs', () => instance(RAISES)],
        assertRaisesRegex: ['self, *args, **kwargs', () => instance(RAISES)],
        assertWarns: ['self, *args, **kwargs', () => instance(RAISES)],
        subTest: ['self, *args, **kwargs', () => instance(SUBTEST)],
      }),
      { module: 'unittest', unknownBase: 'unittest' },
    ),
  ],
  skip('skip'),
  skip('expectedFailure'),
];

const SUBTEST: ClassValue = classValue(
  'SubTest',
  [OBJECT],
  natives({ __enter__: ['self', () => NONE], __exit__: ['self, *info', () => NONE] }),
  { module: 'unittest' },
);
