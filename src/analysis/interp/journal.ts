// Journal: what a branch wrote, so that it can be undone and joined with the other branch of an unknown condition.
//   if flag:            # flag is not known: both branches run
//       x = self.a(x)   # (B, 64, H, W)
//   else:
//       x = self.b(x)   # (B, 64, H, W)   → x is (B, 64, H, W) after either

import type { DictValue, Lazy, ListValue, SetValue, Value } from '../values/value.ts';

type Variables = Map<string, Value | Lazy>;

export interface Saved {
  items?: Value[];
  entries?: Map<string, { key: Value; value: Value }> | Map<string, Value>;
  unknown: string | null;
  repeat?: ListValue['repeat'];
}

/** Writes since the journal was opened, with what they replaced. */
export class Journal {
  readonly maps = new Map<Variables, Map<string, Value | Lazy | undefined>>();
  readonly containers = new Map<ListValue | DictValue | SetValue, Saved>();

  noteVariable(variables: Variables, name: string): void {
    let before = this.maps.get(variables);
    if (!before) this.maps.set(variables, (before = new Map()));
    if (!before.has(name)) before.set(name, variables.get(name));
  }

  /** As noteVariable, where the value that was replaced is known. */
  noteBefore(variables: Variables, name: string, value: Value | Lazy | undefined): void {
    let before = this.maps.get(variables);
    if (!before) this.maps.set(variables, (before = new Map()));
    if (!before.has(name)) before.set(name, value);
  }

  noteContainerBefore(c: ListValue | DictValue | SetValue, saved: Saved): void {
    if (!this.containers.has(c)) this.containers.set(c, saved);
  }

  noteContainer(c: ListValue | DictValue | SetValue): void {
    if (!this.containers.has(c)) this.containers.set(c, saveContainer(c));
  }

  /** Takes back every write, and gives what they had written. */
  undo(): Journal {
    const written = new Journal();
    for (const [variables, before] of this.maps) {
      const after = new Map<string, Value | Lazy | undefined>();
      for (const [name, value] of before) {
        after.set(name, variables.get(name));
        if (value === undefined) variables.delete(name);
        else variables.set(name, value);
      }
      written.maps.set(variables, after);
    }
    for (const [c, saved] of this.containers) {
      written.containers.set(c, saveContainer(c));
      restoreContainer(c, saved);
    }
    return written;
  }
}

function saveContainer(c: ListValue | DictValue | SetValue): Saved {
  if (c.kind === 'list') return { items: [...c.items], unknown: c.unknown, repeat: c.repeat };
  return { entries: new Map(c.entries as Map<string, Value>), unknown: c.unknown };
}

export function restoreContainer(c: ListValue | DictValue | SetValue, saved: Saved): void {
  c.unknown = saved.unknown;
  if (c.kind === 'list') {
    c.items = saved.items!;
    c.repeat = saved.repeat;
  } else c.entries = saved.entries as never;
}
