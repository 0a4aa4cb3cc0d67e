// Matching: `match subject:` with case patterns. Binds names as it goes.

import type { Pattern } from '../syntax/program.ts';
import { asItems, dict, hashOf, list } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { findAttribute } from './attributes.ts';
import { evaluate } from './expressions.ts';
import type { Interpreter } from './interpreter.ts';
import { isInstance, valuesEqual } from './truth.ts';

/** Whether the pattern matches; null where that is not known. */
export function matches(ip: Interpreter, p: Pattern, subject: Value): boolean | null {
  switch (p.kind) {
    case 'value':
      return valuesEqual(ip, subject, evaluate(ip, p.value));
    case 'capture':
    case 'star':
      if (p.name) ip.setVariable(ip.frame!.scope.variables, p.name, subject);
      return true;
    case 'as': {
      const t = matches(ip, p.pattern, subject);
      if (t !== false) ip.setVariable(ip.frame!.scope.variables, p.name, subject);
      return t;
    }
    case 'or': {
      let known: boolean | null = false;
      for (const alternative of p.alternatives) {
        const t = matches(ip, alternative, subject);
        if (t === true) return true;
        if (t === null) known = null;
      }
      return known;
    }
    case 'sequence':
      return matchSequence(ip, p.items, subject);
    case 'mapping': {
      if (subject.kind === 'unknown') return null;
      if (subject.kind !== 'dict') return false;
      const rest = new Map(subject.entries);
      const parts = p.entries.map(({ key, pattern }) => {
        const hash = hashOf(evaluate(ip, key));
        const entry = hash === null ? undefined : subject.entries.get(hash);
        if (hash !== null) rest.delete(hash);
        return entry ? matches(ip, pattern, entry.value) : subject.unknown !== null ? null : false;
      });
      if (p.rest)
        ip.setVariable(
          ip.frame!.scope.variables,
          p.rest,
          dict([...rest.values()].map((e) => [e.key, e.value] as const)),
        );
      return every(parts);
    }
    case 'class': {
      const cls = evaluate(ip, p.class);
      const parts: (boolean | null)[] = [isInstance(ip, subject, cls)];
      if (parts[0] === false) return false;
      const order = cls.kind === 'class' ? asItems(findAttribute(ip, cls, '__match_args__') ?? undefined) : null;
      const named = [
        ...p.positional.map((pattern, i) => ({
          name: order?.[i]?.kind === 'str' ? (order[i] as { value: string }).value : null,
          pattern,
        })),
        ...p.keywords,
      ];
      for (const { name, pattern } of named) {
        const value = name === null ? subject : findAttribute(ip, subject, name);
        parts.push(value ? matches(ip, pattern, value) : false);
      }
      return every(parts);
    }
  }
}

const every = (parts: readonly (boolean | null)[]): boolean | null =>
  parts.includes(false) ? false : parts.includes(null) ? null : true;

function matchSequence(ip: Interpreter, patterns: readonly Pattern[], subject: Value): boolean | null {
  if (subject.kind === 'unknown') return null;
  const items = subject.kind === 'str' ? null : asItems(subject);
  if (!items) return false;
  const star = patterns.findIndex((p) => p.kind === 'star');
  if (star < 0 ? items.length !== patterns.length : items.length < patterns.length - 1) return false;
  const after = star < 0 ? 0 : patterns.length - star - 1;
  return every(
    patterns.map((p, i) => {
      if (star < 0 || i < star) return matches(ip, p, items[i]!);
      if (i === star) return matches(ip, p, list(items.slice(star, items.length - after)));
      return matches(ip, p, items[items.length - (patterns.length - i)]!);
    }),
  );
}
