// layerlens: the command line.
//   layerlens summary resnet.py --build "resnet18(weights=None)" --input 1,3,224,224
//   layerlens check models/ --format sarif

import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { BYTES_OF } from '../analysis/values/tensor.ts';
import { type CheckOptions, check } from './check.ts';
import { UsageError } from './files.ts';
import { type SummaryOptions, summary } from './summary.ts';

/** Exit codes: 0 clean, 1 findings at error level, 2 could not run. */
const COULD_NOT_RUN = 2;

/** `1,3,224,224` */
function parseShape(text: string, before: number[][] = []): number[][] {
  const sizes = text.split(/[,x×]/).map((part) => part.trim());
  if (sizes.length === 0 || !sizes.every((s) => /^\d+$/.test(s) && Number(s) > 0)) {
    throw new InvalidArgumentError(`it wants sizes with commas between, such as 1,3,224,224; "${text}" is not that.`);
  }
  return [...before, sizes.map(Number)];
}

function parseDtype(text: string): string {
  const name = text.replace(/^torch\./, '');
  if (!(name in BYTES_OF))
    throw new InvalidArgumentError(`it wants one of ${Object.keys(BYTES_OF).join(', ')}; "${text}" is not.`);
  return name;
}

function program(): Command {
  const layerlens = new Command('layerlens')
    .description('Tensor shapes, costs and errors of neural networks, from their source, without running Python.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'layerlens: ')) });
  layerlens
    .command('summary')
    .description('a table of the layers of a model, with shapes, parameters and MACs')
    .argument('<file>', 'a Python file, or a notebook')
    .option(
      '--build <expression>',
      "how to build the model, in the file's namespace plus torch and nn; without it, every root that the file shows",
    )
    .option('--input <sizes>', 'the shape of an input, such as 1,3,224,224; once for each input', parseShape)
    .option('--dtype <dtype>', 'of the inputs: float32, int64, …', parseDtype)
    .option('--call <expression>', 'over model and inputs; without it, model(*inputs)')
    .option(
      '--path <folder>',
      'a further folder to look for imports in; may be repeated',
      (p: string, all: string[] = []) => [...all, p],
    )
    .option('--json', 'print JSON')
    .option('--lines', 'with --json: what every line assigned')
    .action((file: string, options: SummaryOptions) => run(() => summary(file, options)));
  layerlens
    .command('check')
    .description('errors and warnings, before anything runs')
    .argument('<paths...>', 'Python files and notebooks, and folders of them')
    .option('--build <expression>', 'how to build the model')
    .option('--input <sizes>', 'the shape of an input', parseShape)
    .option('--dtype <dtype>', 'of the inputs', parseDtype)
    .option('--call <expression>', 'over model and inputs')
    .option('--path <folder>', 'a further folder to look for imports in', (p: string, all: string[] = []) => [
      ...all,
      p,
    ])
    .option('--stdin-file <path>', 'read this file from standard input instead of from disk')
    .option('--format <format>', 'text, json, sarif or github', 'text')
    .action((paths: string[], options: CheckOptions) => run(() => check(paths, options)));
  for (const command of layerlens.commands) command.exitOverride();
  return layerlens;
}

async function run(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // One clear line for people; a stack only where the mistake is ours.
    process.stderr.write(
      `layerlens: ${error instanceof UsageError || error.name === 'BuildError' ? error.message : (error.stack ?? error.message)}\n`,
    );
    process.exitCode = COULD_NOT_RUN;
  }
}

// `layerlens summary … | head`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : COULD_NOT_RUN;
  });
