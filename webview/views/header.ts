// The panel's head: the model with its size and cost, the file, the adapter, and a line for what went wrong.

import { macs, params } from '../../src/analysis/graph/numbers.ts';
import type { ToPanel } from '../../src/protocol/panel.ts';
import { badge } from './controls.ts';
import { element } from './dom.ts';

export class Header {
  readonly root: HTMLElement;
  readonly #title = element('h1', {}, 'LayerLens');
  readonly #file = element('span', { class: 'file' });
  readonly #badges = element('span', { class: 'badges' });
  readonly #adapter = element('span', { class: 'adapter' });
  readonly #problem = element('p', { class: 'problem', role: 'status', hidden: '' });

  constructor() {
    const line = element('div', { class: 'line' }, this.#title, this.#badges, this.#file, this.#adapter);
    this.root = element('header', {}, line, this.#problem);
  }

  setModel({ graph, title, file }: Extract<ToPanel, { type: 'model' }>): void {
    const root = graph.scopes.find(({ path }) => path === '');
    this.#title.textContent = title || graph.name;
    this.#file.textContent = file;
    this.#badges.replaceChildren(
      ...(root
        ? [
            root.params === null
              ? badge('params not known', 'The model holds something that the analysis does not know')
              : badge(params(root.params), `${root.params.toLocaleString('en-US')} parameters`),
            badge(
              root.macs === null ? 'MACs not known' : macs(root.macs),
              'Multiply-accumulates of one forward, batch 1',
            ),
          ]
        : []),
      ...(graph.gaps.length > 0 ? [badge(`${graph.gaps.length} not followed`, graph.gaps.join('\n'))] : []),
    );
    this.setProblem('');
  }

  setEmpty(reason: string): void {
    this.#title.textContent = 'LayerLens';
    this.#file.textContent = '';
    this.#badges.replaceChildren();
    this.setProblem(reason);
  }

  setProblem(text: string): void {
    this.#problem.textContent = text;
    this.#problem.hidden = text === '';
  }

  setAdapter(name: string, software: boolean): void {
    this.#adapter.textContent = software ? 'software adapter: slow' : name;
    this.#adapter.title = name;
    this.#adapter.classList.toggle('software', software);
  }
}
