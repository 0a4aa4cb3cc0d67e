// The page's controls. The only file that knows @vscode/webview-ui-toolkit: to replace it, replace what is here.

import {
  type Dropdown,
  provideVSCodeDesignSystem,
  type TextField,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { type Child, element } from './dom.ts';

provideVSCodeDesignSystem().register(
  vsCodeBadge(),
  vsCodeButton(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);

function toolkit(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElement {
  return element(tag as 'div', attributes, ...children);
}

export function button(label: string, press: () => void, kind: 'primary' | 'secondary' = 'secondary'): HTMLElement {
  const made = toolkit('vscode-button', { appearance: kind }, label);
  made.addEventListener('click', press);
  return made;
}

export function badge(text: string, title: string): HTMLElement {
  return toolkit('vscode-badge', { title }, text);
}

export function progressRing(label: string): HTMLElement {
  return toolkit('vscode-progress-ring', { 'aria-label': label });
}

export interface Choice {
  value: string;
  label: string;
}

/** A dropdown with its label in front. */
export function dropdown(
  label: string,
  choices: readonly Choice[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const id = `choice-${label.toLowerCase().replaceAll(' ', '-')}`;
  const options = choices.map(({ value, label: text }) =>
    toolkit('vscode-option', { value, ...(value === chosen ? { selected: '' } : {}) }, text),
  );
  const made = toolkit('vscode-dropdown', { id, 'aria-label': label }, ...options) as Dropdown;
  made.addEventListener('change', () => choose(made.value));
  return element('label', { class: 'choice', for: id }, element('span', {}, label), made);
}

export function searchField(placeholder: string, search: (text: string) => void): HTMLElement {
  const made = toolkit('vscode-text-field', { placeholder, 'aria-label': placeholder, class: 'search' }) as TextField;
  made.addEventListener('input', () => search(made.value));
  made.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || made.value === '') return;
    made.value = '';
    search('');
    event.stopPropagation();
  });
  return made;
}
