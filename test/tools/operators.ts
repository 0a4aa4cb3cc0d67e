// docs/operators.md, generated from the tables: which names of PyTorch, einops and numpy have a rule.
//   npm run docs:operators          # writes it
// test/analysis/operators.test.ts fails where it is out of date.

import { join } from 'node:path';
import { Interpreter } from '../../src/analysis/interp/interpreter.ts';
import { ModuleLoader } from '../../src/analysis/interp/modules.ts';
import { pythonLibrary } from '../../src/analysis/library.ts';
import { torchModuleNames } from '../../src/analysis/torch/library.ts';
import { tensorMethodNames } from '../../src/analysis/torch/tensorAttributes.ts';

export const operatorsFile = join(__dirname, '..', '..', 'docs', 'operators.md');

const intro = `# Operators

Generated from the tables in \`src/analysis\` by \`npm run docs:operators\`: the names that have a rule, and so a shape. A rule binds
arguments as PyTorch does (position, keyword, default), broadcasts, and promotes dtypes. A name that is not here gives an unknown value, and
its hover says so: \`no rule for torch.foo\`. Methods that end in an underscore work as the ones without.
`;

/** One line a module, its names in order. */
export function operatorsText(): string {
  const loader = new ModuleLoader([], () => ({ file: '', chunks: [], errors: [], source: '' }));
  const host = { read: () => ({ kind: 'absent' }) as const, isDirectory: () => false };
  const ip = new Interpreter({ library: pythonLibrary(), host, loader });
  const modules = [...torchModuleNames(), 'einops', 'einops.layers.torch', 'numpy'];
  const sections = modules.flatMap((name) => {
    const module = loader.load(ip, name);
    const names = [...(module?.variables.keys() ?? [])].filter(
      (n) => !n.startsWith('_') && !modules.includes(`${name}.${n}`),
    );
    return names.length > 0 ? [section(name, names)] : [];
  });
  return [intro, section('torch.Tensor', tensorMethodNames()), ...sections].join('\n');
}

function section(name: string, names: readonly string[]): string {
  const sorted = [...names].sort((a, b) => a.localeCompare(b, 'en'));
  return `## ${name} (${names.length})\n${sorted.map((n) => `\`${n}\``).join(' ')}\n`;
}
