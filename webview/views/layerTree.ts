// The model's layers as a collapsible tree: name, class, output shape, parameters.
// A tree as ARIA describes it: arrow keys move and fold, Enter or Space chooses, Home and End jump.

import type { GraphScope, ModelGraph } from '../../src/analysis/graph/modelGraph.ts';
import { count } from '../../src/analysis/graph/numbers.ts';
import { searchField } from './controls.ts';
import { element } from './dom.ts';
import { formatShape } from './format.ts';

export interface LayerTreeEvents {
  choose(scope: GraphScope): void;
  fold(collapsed: readonly string[]): void;
}

/** Models with more modules than this open with only their first level unfolded. */
const UNFOLD_ALL = 40;

interface Row {
  scope: GraphScope;
  parent: string | null;
  line: HTMLElement;
}

export class LayerTree {
  readonly root: HTMLElement;
  readonly #list = element('div', { class: 'tree', role: 'tree', 'aria-label': 'Layers' });
  readonly #empty = element('p', { class: 'hint', hidden: '' }, 'No layer matches.');
  readonly #events: LayerTreeEvents;
  readonly #rows = new Map<string, Row>();
  #collapsed: Set<string>;
  #known: boolean;
  #filter = '';
  #selected = '';
  #focused = '';
  #blocked: Readonly<Record<string, string>> = {};

  constructor(events: LayerTreeEvents, collapsed: readonly string[] | undefined) {
    this.#events = events;
    this.#collapsed = new Set(collapsed);
    this.#known = collapsed !== undefined;
    const search = searchField('Find a layer', (text) => {
      this.#filter = text.trim().toLowerCase();
      this.#arrange();
    });
    this.root = element('nav', { class: 'layers' }, search, this.#list, this.#empty);
    this.#list.addEventListener('click', (event) => this.#clicked(event));
    this.#list.addEventListener('focusin', (event) => {
      this.#focused = (event.target as HTMLElement).dataset['path'] ?? this.#focused;
    });
    this.#list.addEventListener('keydown', (event) => this.#pressed(event));
  }

  setModel(graph: ModelGraph): void {
    const parents = parentsOf(graph.scopes);
    if (!this.#known) {
      this.#known = true;
      if (graph.scopes.length > UNFOLD_ALL) {
        this.#collapsed = new Set([...parents.values()].filter((path): path is string => path !== null && path !== ''));
      }
    }
    const isParent = new Set(parents.values());
    this.#rows.clear();
    for (const scope of graph.scopes) {
      const parent = parents.get(scope.path) ?? null;
      const depth = parent === null ? 0 : Number(this.#rows.get(parent)?.line.dataset['depth'] ?? 0) + 1;
      const line = rowOf(scope, graph.name, parent, depth, isParent.has(scope.path));
      this.#rows.set(scope.path, { scope, parent, line });
    }
    this.#list.replaceChildren(...[...this.#rows.values()].map(({ line }) => line));
    if (!this.#rows.has(this.#focused)) this.#focused = this.#selected;
    this.markBlocked(this.#blocked);
    this.#arrange();
  }

  /** Marks the layers that cannot be shown, with the reason. */
  markBlocked(blocked: Readonly<Record<string, string>>): void {
    this.#blocked = blocked;
    for (const [path, { line }] of this.#rows) {
      const reason = blocked[path];
      line.classList.toggle('blocked', reason !== undefined);
      const mark = line.querySelector<HTMLElement>('.mark')!;
      mark.textContent = reason === undefined ? '' : '⚠';
      mark.title = reason ?? '';
    }
  }

  /** Unfolds what hides the layer and scrolls to it. */
  select(path: string): void {
    this.#selected = path;
    this.#focused = path;
    for (let up = this.#rows.get(path)?.parent ?? null; up !== null; up = this.#rows.get(up)?.parent ?? null) {
      this.#collapsed.delete(up);
    }
    this.#arrange();
    this.#rows.get(path)?.line.scrollIntoView({ block: 'nearest' });
  }

  /** Shows, hides and describes rows as folding, filter and selection have them. */
  #arrange(): void {
    const kept = this.#filter === '' ? null : this.#matching();
    let visible = 0;
    for (const [path, { scope, parent, line }] of this.#rows) {
      const hidden = kept ? !kept.has(path) : this.#isFolded(parent);
      line.hidden = hidden;
      if (!hidden) visible++;
      const selected = path === this.#selected;
      line.classList.toggle('selected', selected);
      line.setAttribute('aria-selected', String(selected));
      line.tabIndex = path === this.#focused ? 0 : -1;
      if (line.dataset['parent'] !== undefined) {
        line.setAttribute('aria-expanded', String(kept !== null || !this.#collapsed.has(scope.path)));
      }
    }
    this.#empty.hidden = visible > 0;
  }

  #isFolded(parent: string | null): boolean {
    for (let up = parent; up !== null; up = this.#rows.get(up)?.parent ?? null)
      if (this.#collapsed.has(up)) return true;
    return false;
  }

  /** Paths that match the filter by path or class, with all that lies above them. */
  #matching(): Set<string> {
    const kept = new Set<string>();
    for (const [path, { scope }] of this.#rows) {
      if (!`${path} ${scope.className}`.toLowerCase().includes(this.#filter)) continue;
      for (let up: string | null = path; up !== null; up = this.#rows.get(up)?.parent ?? null) kept.add(up);
    }
    return kept;
  }

  #clicked(event: MouseEvent): void {
    const line = (event.target as Element).closest<HTMLElement>('.row');
    const row = line && this.#rows.get(line.dataset['path'] ?? '');
    if (!row) return;
    if ((event.target as Element).closest('.twistie') && line.dataset['parent'] !== undefined)
      this.#toggle(row.scope.path);
    else this.#events.choose(row.scope);
  }

  #toggle(path: string, collapse = !this.#collapsed.has(path)): void {
    if (collapse) this.#collapsed.add(path);
    else this.#collapsed.delete(path);
    this.#events.fold([...this.#collapsed]);
    this.#arrange();
  }

  #pressed(event: KeyboardEvent): void {
    const visible = [...this.#rows.values()].filter(({ line }) => !line.hidden);
    const at = visible.findIndex(({ scope }) => scope.path === this.#focused);
    const row = visible[at] ?? visible[0];
    if (!row) return;
    const { path } = row.scope;
    const isParent = row.line.dataset['parent'] !== undefined;
    const open = isParent && !this.#collapsed.has(path);
    let next: Row | undefined;
    if (event.key === 'ArrowDown') next = visible[at + 1];
    else if (event.key === 'ArrowUp') next = visible[at - 1];
    else if (event.key === 'Home') next = visible[0];
    else if (event.key === 'End') next = visible.at(-1);
    else if (event.key === 'ArrowRight' && isParent && !open) this.#toggle(path, false);
    else if (event.key === 'ArrowRight' && open) next = visible[at + 1];
    else if (event.key === 'ArrowLeft' && open) this.#toggle(path, true);
    else if (event.key === 'ArrowLeft') next = row.parent === null ? undefined : this.#rows.get(row.parent);
    else if (event.key === 'Enter' || event.key === ' ') this.#events.choose(row.scope);
    else return;
    event.preventDefault();
    if (!next) return;
    this.#focused = next.scope.path;
    this.#arrange();
    next.line.focus();
  }
}

/** The nearest scope above each: the longest path that the scope's own path goes on from. */
function parentsOf(scopes: readonly GraphScope[]): Map<string, string | null> {
  const paths = new Set(scopes.map(({ path }) => path));
  const parents = new Map<string, string | null>();
  for (const { path } of scopes) {
    let up = path;
    do up = up.includes('.') ? up.slice(0, up.lastIndexOf('.')) : '';
    while (up !== '' && !paths.has(up));
    parents.set(path, path === '' || !paths.has(up) ? null : up);
  }
  return parents;
}

function rowOf(scope: GraphScope, model: string, parent: string | null, depth: number, isParent: boolean): HTMLElement {
  const name = scope.path === '' ? model : parent ? scope.path.slice(parent.length + 1) : scope.path;
  const className = scope.path === '' ? '' : scope.className;
  const line = element(
    'div',
    {
      class: 'row',
      role: 'treeitem',
      title: scope.repr,
      'data-path': scope.path,
      'data-depth': String(depth),
      'aria-level': String(depth + 1),
    },
    element('span', { class: 'twistie', 'aria-hidden': 'true' }),
    element(
      'span',
      { class: 'label' },
      element('span', { class: 'name' }, name),
      element('span', { class: 'class' }, className),
    ),
    element('span', { class: 'mark' }),
    element('span', { class: 'shape' }, scope.output === null ? '' : formatShape(scope.output, '×')),
    element('span', { class: 'params' }, scope.params === null ? '?' : scope.params > 0 ? count(scope.params) : ''),
  );
  line.style.setProperty('--depth', String(depth));
  if (isParent) line.dataset['parent'] = '';
  return line;
}
