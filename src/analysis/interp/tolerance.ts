// Tolerance: a model that is still being written. What a line of it raises because something is missing costs that line.
//   self.fc = nn.Linear()         # raises TypeError in Python: fc is not known, and the other layers are there
//   x = self.pool(x)              # no pool yet: x is not known from here on

import type { Statement } from '../syntax/program.ts';
import { unknown } from '../values/make.ts';
import { assign } from './assign.ts';
import type { Interpreter } from './interpreter.ts';
import { isException } from './iteration.ts';
import { describeException } from './modules.ts';
import { type Completion, Raise } from './signals.ts';

/** What Python raises where a name, an attribute or an argument is missing. */
const MISSING = ['AttributeError', 'NameError', 'TypeError'] as const;

/** Runs one statement of a module's own method; where something in it is missing, goes on without its value. */
export function runTolerantly(ip: Interpreter, s: Statement, run: () => Completion): Completion {
  const frame = ip.frame!;
  const { depth } = ip;
  const running = ip.moduleStack.length;
  const module = frame.self?.kind === 'instance' && frame.module.file !== null ? frame.self.module : null;
  if (!module || ip.guarded > 0 || ip.speculation > 0) return run();
  try {
    return run();
  } catch (signal) {
    if (!(signal instanceof Raise) || !MISSING.some((name) => isException(signal.exception, name))) throw signal;
    ip.frame = frame;
    ip.depth = depth;
    ip.moduleStack.length = running;
    const reason = `this raises ${describeException(signal)}`;
    const spot = signal.trace[0] ?? ip.spot();
    ip.broken ??= { reason: describeException(signal), spot };
    if (spot && ip.gaps.length < 2000) ip.gaps.push({ spot, reason });
    if (s.kind === 'Return') return { kind: 'return', value: unknown(reason) };
    const targets =
      s.kind === 'Assign' ? s.targets : s.kind === 'AugmentedAssign' || s.kind === 'AnnotatedAssign' ? [s.target] : [];
    for (const target of targets) {
      if (target.kind === 'Name' || target.kind === 'Attribute') assign(ip, target, unknown(reason));
      // It may have been a layer: what is there does not add up to the model.
      if (target.kind === 'Attribute') module.unknownChildren ??= reason;
    }
    return null;
  }
}
