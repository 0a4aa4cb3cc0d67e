// Python text → Program: every kind of statement and expression, reuse after edits, and files that do not parse.

import assert from 'node:assert/strict';
import type { Program } from '../../../src/analysis/syntax/program.ts';
import { between, fixture, parsers, random } from '../support.ts';

/** Text → the tree, written small: `x = a + 1` → (Assign x (+ a 1)). */
const TABLE: readonly (readonly [string, string])[] = [
  ['x = a + 1', '(Assign [x] (Binary + a 1))'],
  ['x = y = 1', '(Assign [x y] 1)'],
  ['a, *b = c', '(Assign [(Tuple [a (Spread b)])] c)'],
  ['x += 2 ** 3', '(AugmentedAssign x + (Binary ** 2 3))'],
  ['x: int', '(AnnotatedAssign x int)'],
  ['x: int = 3', '(AnnotatedAssign x int 3)'],
  ['a.b[0] = 1', '(Assign [(Index (Attribute a b) 0)] 1)'],
  ['-x ** 2', '(Expression (Unary - (Binary ** x 2)))'],
  ['not a in b', '(Expression (Unary not (Compare [a b] [in])))'],
  ['a < b <= c is not None', '(Expression (Compare [a b c None] [< <= is not]))'],
  ['a not in b', '(Expression (Compare [a b] [not in]))'],
  ['a or b and c', '(Expression (Logical or a (Logical and b c)))'],
  ['a if b else c', '(Expression (Conditional b a c))'],
  ['f(1, *a, k=2, **d)', '(Expression (Call f [1 *a k=2 **d]))'],
  ['f(x for x in y)', '(Expression (Call f [(Comprehension generator x [(for x y [])])]))'],
  ['a[1:2, ::3, ...]', '(Expression (Index a (Tuple [(Slice 1 2) (Slice 3) ...])))'],
  ['[1, [2], ()]', '(Expression (List [1 (List [2]) (Tuple [])]))'],
  ['{1, 2}', '(Expression (Set [1 2]))'],
  ["{'a': 1, **b}", "(Expression (Dict ['a':1 **b]))"],
  ['{k: v for k, v in d if k}', '(Expression (Comprehension dict k v [(for (Tuple [k v]) d [k])]))'],
  ['lambda x, *y, z=1: x', '(Expression (Lambda (x rest:y keywordOnly:z=1) {(Return x)}))'],
  ['(y := f(x))', '(Expression (NamedExpression y (Call f [x])))'],
  ["f'a{x!r:>{w}}b'", "(Expression (Format ['a' x 'b']))"],
  ["'a' 'b'", "(Expression 'ab')"],
  ["r'\\d' '\\n'", "(Expression '\\\\d\\n')"],
  ["'''a\nb'''", "(Expression 'a\\nb')"],
  ['0x1F + 1_000 + 1e3 + .5', '(Expression (Binary + (Binary + (Binary + 31 1000) 1000.0) 0.5))'],
  ['True, None, ...', '(Expression (Tuple [True None ...]))'],
  ['a @ b // c % d', '(Expression (Binary % (Binary // (Binary @ a b) c) d))'],
  ['~a & b | c ^ d << 1', '(Expression (Binary | (Binary & (Unary ~ a) b) (Binary ^ c (Binary << d 1))))'],
  ['return', '(Return)'],
  ['pass', '(Pass)'],
  ['del a, b[0]', '(Delete [a (Index b 0)])'],
  ['assert a, "no"', "(Assert a 'no')"],
  ['global a, b', '(Global [a b])'],
  ['raise E("x") from e', "(Raise (Call E ['x']))"],
  ['import a.b, c as d', '(Import [a.b c>d])'],
  ['from . import a', '(ImportFrom . [a])'],
  ['from ..x.y import (a as b, c)', '(ImportFrom ..x.y [a>b c])'],
  ['from m import *', '(ImportFrom m *)'],
  ['if a:\n  x\nelif b:\n  y\nelse:\n  z', '(If a {(Expression x)} {(If b {(Expression y)} {(Expression z)})})'],
  ['for i, j in x:\n  break\nelse:\n  pass', '(For (Tuple [i j]) x {(Break)} {(Pass)})'],
  ['while a: continue', '(While a {(Continue)} {})'],
  [
    'try:\n  a\nexcept (E, F) as e:\n  b\nexcept:\n  c\nelse:\n  d\nfinally:\n  f',
    '(Try {(Expression a)} [(except (Tuple [E F]) e {(Expression b)}) (except {(Expression c)})] {(Expression d)} {(Expression f)})',
  ],
  ['with a as b, c:\n  pass', '(With [a>b c] {(Pass)})'],
  ['with (a as b, c as d):\n  pass', '(With [a>b c>d] {(Pass)})'],
  [
    'def f(a, /, b: int = 1, *, c, **k) -> int:\n  return a',
    '(Function f (positionalOnly:a b=1 keywordOnly:c restKeywords:k) {(Return a)})',
  ],
  ['@d(1)\nasync def f(): pass', '(Function f () {(Pass)} @(Call d [1]) async)'],
  ['@d\nclass A(B, k=1):\n  x = 1', '(Class A [B k=1] {(Assign [x] 1)} @d)'],
  [
    'def g():\n  yield\n  x = yield 1\n  yield from y',
    '(Function g () {(Expression (Yield)) (Assign [x] (Yield 1)) (Expression (Yield from y))} generator)',
  ],
  ['a; b', '(Expression a) (Expression b)'],
  [
    'match x:\n  case [1, *r] | {"k": v, **m} if v:\n    pass\n  case A(b, c=_) as z:\n    pass',
    "(Match x [(case (or (sequence 1 *r) (mapping 'k':v **m)) if v {(Pass)}) (case (as (class A b c=_) z) {(Pass)})])",
  ],
  ['match = 3', '(Assign [match] 3)'],
  ['print(await f())', '(Expression (Call print [(Await (Call f []))]))'],
];

describe('python syntax', () => {
  for (const [code, tree] of TABLE) {
    it(code.replaceAll('\n', ' ⏎ '), async () => {
      const { program } = (await parsers()).python('/work/a.py', code);
      assert.deepEqual(program.errors, []);
      assert.equal(program.chunks.flatMap((c) => c.statements.map(small)).join(' '), tree);
    });
  }

  it('places count UTF-16 units, from the start of their chunk', async () => {
    const { program } = (await parsers()).python('/work/a.py', "a = 1\n\ndef f():\n    s = '𝕏é'; y = g(s)\n");
    const [first, second] = program.chunks;
    assert.deepEqual([first!.line, second!.line], [0, 2]);
    const f = second!.statements[0]!;
    assert(f.kind === 'Function');
    const y = f.code.body()[1]!;
    assert(y.kind === 'Assign');
    assert.deepEqual([y.line, y.column, y.value.column, y.value.endColumn], [1, 15, 19, 23]);
  });

  describe('after an edit', () => {
    for (const file of ['resnet', 'densenet', 'swin_transformer']) {
      it(`${file}.py: 60 random edits give the same program as reading it afresh`, async () => {
        const all = await parsers();
        const next = random(file.length);
        let text = fixture(`torchvision/torchvision/models/${file}.py`);
        let source = all.python('/work/a.py', text);
        for (let round = 0; round < 60; round++) {
          text = edited(text, next);
          source = all.python('/work/a.py', text, source);
          assert.equal(difference(source.program, all.python('/work/a.py', text).program), null, `round ${round}`);
        }
      });
    }

    it('keeps the statements that the edit did not touch, at their new lines', async () => {
      const all = await parsers();
      const before = all.python('/work/a.py', 'a = 1\ndef f():\n    return 2\n');
      const kept = before.program.chunks[1];
      const after = all.python('/work/a.py', 'a = 1\n\n\ndef f():\n    return 2\n', before);
      assert.equal(after.program.chunks[1], kept);
      assert.equal(after.program.chunks[1]!.line, 3);
    });
  });

  describe('files that do not parse', () => {
    const broken: readonly (readonly [string, string])[] = [
      ['an unfinished call', 'a = 1\nx = f(\nb = 2\n'],
      ['an unfinished class', 'a = 1\nclass Net(nn.Module):\n    def __init__(self):\n        self.c = nn.\n\nb = 2\n'],
      ['a stray bracket', 'a = 1\n)\nb = 2\n'],
      ['a tab among spaces', 'a = 1\nif a:\n    x = 1\n\ty = 2\nb = 2\n'],
      ['an unclosed string', 'a = 1\ns = "abc\nb = 2\n'],
      ['Python 2', 'a = 1\nprint "x"\nb = 2\n'],
    ];
    for (const [name, code] of broken) {
      it(`${name}: what stands before is read, and the place is said`, async () => {
        const { program } = (await parsers()).python('/work/a.py', code);
        assert(program.chunks.length > 0);
        assert.equal(program.chunks[0]!.statements.map(small).join(' '), '(Assign [a] 1)');
        if (name !== 'Python 2' && name !== 'a tab among spaces') assert(program.errors.length > 0);
        whole(program);
      });
    }

    it('nothing, blanks, comments, other line ends, a BOM', async () => {
      const all = await parsers();
      for (const code of ['', '\n\n', '# only\n', '   '])
        assert.deepEqual(all.python('/work/a.py', code).program.chunks.flatMap((c) => [...c.statements]).length, 0);
      assert.equal(all.python('/work/a.py', 'a = 1\r\nb = 2\r\n').program.chunks[1]!.line, 1);
      assert.equal(all.python('/work/a.py', '\ufeffa = 1\n').program.chunks.length, 1);
    });

    it('any text at all', async () => {
      const all = await parsers();
      const next = random(3);
      const original = fixture('torchvision/torchvision/models/resnet.py').slice(0, 9000);
      for (let round = 0; round < 60; round++) {
        const from = between(next, 0, original.length);
        whole(all.python('/work/a.py', original.slice(from, from + between(next, 0, 3000))).program);
      }
    });
  });
});

/** A word less, a character more, a line doubled, moved or gone. */
function edited(text: string, next: () => number): string {
  const lines = text.split('\n');
  const at = between(next, 0, lines.length - 1);
  const line = lines[at]!;
  const column = between(next, 0, line.length);
  switch (between(next, 0, 6)) {
    case 0:
      lines[at] = line.slice(0, column) + line.slice(column + between(next, 1, 8));
      break;
    case 1:
      lines[at] =
        line.slice(0, column) + ['x', '(', ')', ':', '"', ' ', '    '][between(next, 0, 6)] + line.slice(column);
      break;
    case 2:
      lines.splice(at, 0, line);
      break;
    case 3:
      lines.splice(at, 1);
      break;
    case 4:
      lines.splice(at, 0, '');
      break;
    case 5:
      lines.splice(at, between(next, 1, 20));
      break;
    default:
      lines.splice(between(next, 0, lines.length - 1), 0, ...lines.slice(at, at + between(next, 1, 15)));
  }
  return lines.join('\n');
}

/** Everything in a program, with the bodies of its functions. */
const whole = (program: Program): string =>
  JSON.stringify([program.chunks, program.errors], (key, value: unknown) => {
    if (key === 'chunk') return undefined;
    if (typeof value === 'object' && value !== null && 'body' in value && typeof value.body === 'function')
      return {
        ...value,
        body: value.body(),
        isGenerator: (value as unknown as { isGenerator(): boolean }).isGenerator(),
      };
    return value;
  });

/** The first place where two programs differ. */
function difference(a: Program, b: Program): string | null {
  const [x, y] = [whole(a), whole(b)];
  if (x === y) return null;
  const at = [...x].findIndex((c, i) => c !== y[i]);
  return `${x.slice(Math.max(0, at - 200), at + 100)}\n  afresh:\n${y.slice(Math.max(0, at - 200), at + 100)}`;
}

type Node = Record<string, unknown> & { kind: string };

/** A node, written small. */
function small(node: unknown): string {
  if (node === null || node === undefined) return '';
  const n = node as Node;
  const join = (items: unknown, write: (item: Node) => string = small): string =>
    (items as Node[]).map(write).join(' ');
  const block = (items: unknown): string => `{${join(items)}}`;
  const group = (...parts: string[]): string => `(${parts.filter((p) => p !== '').join(' ')})`;
  const argument = (a: Node): string =>
    a.kind === 'keyword'
      ? `${a['name']}=${small(a['value'])}`
      : `${{ spread: '*', spreadKeywords: '**' }[a.kind] ?? ''}${small(a['value'])}`;
  const decorators = (): string[] => (n['decorators'] as Node[]).map((d) => `@${small(d)}`);
  switch (n.kind) {
    case 'Name':
      return String(n['name']);
    case 'Literal':
      return literal(n['literal'] as { type: string; value: unknown });
    case 'List':
    case 'Tuple':
    case 'Set':
      return group(n.kind, `[${join(n['items'])}]`);
    case 'Dict':
      return group(
        'Dict',
        `[${join(n['entries'], (e) => (e['key'] ? `${small(e['key'])}:${small(e['value'])}` : `**${small(e['value'])}`))}]`,
      );
    case 'Format':
      return group(
        'Format',
        `[${(n['parts'] as (string | Node)[]).map((p) => (typeof p === 'string' ? `'${p}'` : small(p['value']))).join(' ')}]`,
      );
    case 'Unary':
      return group(n.kind, String(n['operator']), small(n['operand']));
    case 'Binary':
    case 'Logical':
      return group(n.kind, String(n['operator']), small(n['left']), small(n['right']));
    case 'Compare':
      return group(n.kind, `[${join(n['operands'])}]`, `[${(n['operators'] as string[]).join(' ')}]`);
    case 'Call':
      return group('Call', small(n['callee']), `[${join(n['args'], argument)}]`);
    case 'Attribute':
      return group('Attribute', small(n['object']), String(n['name']));
    case 'Lambda':
      return group('Lambda', ...code(n['code'] as Node, block));
    case 'Comprehension':
      return group(
        n.kind,
        String(n['form']),
        small(n['element']),
        small(n['value']),
        `[${join(n['clauses'], (c) => group('for', small(c['target']), small(c['iterable']), `[${join(c['conditions'])}]`))}]`,
      );
    case 'NamedExpression':
      return group(n.kind, String(n['target']), small(n['value']));
    case 'Yield':
      return group('Yield', n['from'] ? 'from' : '', small(n['value']));
    case 'Assign':
      return group('Assign', `[${join(n['targets'])}]`, small(n['value']));
    case 'AugmentedAssign':
      return group(n.kind, small(n['target']), String(n['operator']), small(n['value']));
    case 'AnnotatedAssign':
      return group(n.kind, small(n['target']), small(n['annotation']), small(n['value']));
    case 'If':
      return group('If', small(n['test']), block(n['consequent']), block(n['otherwise']));
    case 'For':
      return group('For', small(n['target']), small(n['iterable']), block(n['body']), block(n['otherwise']));
    case 'While':
      return group('While', small(n['test']), block(n['body']), block(n['otherwise']));
    case 'Function': {
      const f = n['code'] as Node & { isGenerator(): boolean };
      return group(
        'Function',
        String(f['name']),
        ...code(f, block),
        ...decorators(),
        f['isAsync'] ? 'async' : '',
        f.isGenerator() ? 'generator' : '',
      );
    }
    case 'Class':
      return group('Class', String(n['name']), `[${join(n['bases'], argument)}]`, block(n['body']), ...decorators());
    case 'Import':
      return group('Import', `[${join(n['names'], imported)}]`);
    case 'ImportFrom':
      return group(
        n.kind,
        '.'.repeat(n['level'] as number) + n['module'],
        n['names'] === '*' ? '*' : `[${join(n['names'], imported)}]`,
      );
    case 'Try':
      return group(
        'Try',
        block(n['body']),
        `[${join(n['handlers'], (h) => group('except', small(h['type']), String(h['name'] ?? ''), block(h['body'])))}]`,
        block(n['otherwise']),
        block(n['finally']),
      );
    case 'With':
      return group(
        'With',
        `[${join(n['items'], (i) => small(i['value']) + (i['target'] ? `>${small(i['target'])}` : ''))}]`,
        block(n['body']),
      );
    case 'Delete':
      return group('Delete', `[${join(n['targets'])}]`);
    case 'Global':
    case 'Nonlocal':
      return group(n.kind, `[${(n['names'] as string[]).join(' ')}]`);
    case 'Match':
      return group(
        'Match',
        small(n['subject']),
        `[${join(n['cases'], (c) => group('case', pattern(c['pattern'] as Node), c['guard'] ? `if ${small(c['guard'])}` : '', block(c['body'])))}]`,
      );
    default:
      return group(
        n.kind,
        ...[
          'object',
          'index',
          'start',
          'stop',
          'step',
          'test',
          'consequent',
          'otherwise',
          'value',
          'exception',
          'message',
        ].map((key) => small(n[key])),
      );
  }
}

const code = (f: Node, block: (items: unknown) => string): string[] => [
  `(${(f['params'] as Node[])
    .map(
      (p) => `${p.kind === 'normal' ? '' : `${p.kind}:`}${p['name']}${p['default'] ? `=${small(p['default'])}` : ''}`,
    )
    .join(' ')})`,
  block((f as unknown as { body(): unknown }).body()),
];

const imported = (n: Node): string => `${n['name']}${n['alias'] ? `>${n['alias']}` : ''}`;

function literal({ type, value }: { type: string; value: unknown }): string {
  if (type === 'none') return 'None';
  if (type === 'ellipsis') return '...';
  if (type === 'bool') return value ? 'True' : 'False';
  if (type === 'float') return Number.isInteger(value) ? `${value}.0` : String(value);
  return type === 'int' ? String(value) : `'${JSON.stringify(value).slice(1, -1)}'`;
}

function pattern(p: Node): string {
  const list = (items: unknown): string => (items as Node[]).map(pattern).join(' ');
  switch (p.kind) {
    case 'value':
      return small(p['value']);
    case 'capture':
      return String(p['name'] ?? '_');
    case 'star':
      return `*${p['name'] ?? '_'}`;
    case 'sequence':
      return `(sequence ${list(p['items'])})`;
    case 'mapping':
      return `(mapping ${(p['entries'] as Node[]).map((e) => `${small(e['key'])}:${pattern(e['pattern'] as Node)}`).join(' ')}${p['rest'] ? ` **${p['rest']}` : ''})`;
    case 'class':
      return `(class ${small(p['class'])} ${list(p['positional'])} ${(p['keywords'] as Node[]).map((k) => `${k['name']}=${pattern(k['pattern'] as Node)}`).join(' ')})`;
    case 'or':
      return `(or ${list(p['alternatives'])})`;
    default:
      return `(as ${pattern(p['pattern'] as Node)} ${p['name']})`;
  }
}
