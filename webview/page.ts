// The layer panel's page: takes models from the host, lets the user choose a layer and a picture, and has the engine's
// worker compute and draw. This file holds what is chosen and passes messages; each view draws itself.

import './page.css';
import type { GraphScope, ModelGraph } from '../src/analysis/graph/modelGraph.ts';
import type { PanelStatus, ToPanel } from '../src/protocol/panel.ts';
import { COLOURS, RANGES } from './engine/featureMaps.ts';
import { type EngineClient, startEngine } from './engineClient.ts';
import type { FromEngine } from './engineMessages.ts';
import { onMessage, post, remember, remembered } from './host.ts';
import { element } from './views/dom.ts';
import { FeatureMaps } from './views/featureMaps.ts';
import { Header } from './views/header.ts';
import { type ChosenPicture, ImagePicker } from './views/imagePicker.ts';
import { LayerInspector } from './views/layerInspector.ts';
import { LayerTree } from './views/layerTree.ts';
import { blockedNotice, failedNotice, lostNotice, noDeviceNotice } from './views/notices.ts';
import { TILE_SIZES } from './views/tileLayout.ts';

const memory = remembered();
let model: Extract<ToPanel, { type: 'model' }> | null = null;
/** Of `model`, by `whatIsShown`. */
let modelText = '';
let scope: GraphScope | null = null;
/** The layer that is wanted: it may be unknown to the model of the moment (the text is being edited). */
let wantedPath = memory.path;
let picture: ChosenPicture | null = null;
let engine: EngineClient;
/** Counts what is asked of the engine; an answer to an older question is dropped. */
let request = 0;
/** The engine takes questions: it has a device. */
let usable = false;

const status: PanelStatus = {
  state: 'loading',
  adapter: '',
  software: false,
  version: 0,
  path: '',
  image: '',
  message: '',
};

const header = new Header();
const tree = new LayerTree(
  {
    choose(chosen) {
      choose(chosen);
      if (chosen.source) post({ type: 'reveal', path: chosen.path, source: chosen.source });
    },
    fold: (collapsed) => remember({ collapsed: [...collapsed] }),
  },
  memory.collapsed,
);
const inspector = new LayerInspector();
const maps = new FeatureMaps(
  {
    draw: (view) => engine.send({ type: 'view', view }),
    probe: (number, place) => engine.send({ type: 'probe', request: number, ...place }),
    settings: (settings) => remember({ ...settings }),
  },
  {
    colours: COLOURS.find((each) => each === memory.colours) ?? 'viridis',
    range: RANGES.find((each) => each === memory.range) ?? 'channel',
    size: TILE_SIZES.find((each) => each === memory.size) ?? 'fit',
  },
);
const picker = new ImagePicker(
  {
    choose(chosen) {
      picture = chosen;
      remember({ picture: chosen.name });
      report({ image: chosen.name, message: '' });
      sendPicture();
      showLayer();
    },
    fail(message) {
      post({ type: 'error', message });
      report({ message });
    },
  },
  memory.picture,
);

document
  .getElementById('app')!
  .append(
    header.root,
    element('main', {}, tree.root, element('div', { class: 'layer' }, picker.root, inspector.root, maps.root)),
  );
restartEngine();
onMessage(take);
post({ type: 'ready' });

function take(message: ToPanel): void {
  switch (message.type) {
    case 'images':
      picker.setSamples(message.images);
      return;
    case 'model':
      takeModel(message);
      return;
    case 'select': {
      const found = model?.graph.scopes.find(({ path }) => path === message.path);
      if (found) choose(found);
      else wantedPath = message.path;
      return;
    }
    case 'analysisFailed':
      header.setProblem(`Showing the last version that could be analysed. ${message.reason}`);
      report({ message: message.reason });
      return;
    case 'noModel':
      model = null;
      scope = null;
      document.body.classList.remove('hasModel');
      header.setEmpty(message.reason);
      report({ state: 'noModel', message: message.reason, path: '', version: 0 });
      return;
  }
}

function takeModel(message: Extract<ToPanel, { type: 'model' }>): void {
  const text = whatIsShown(message);
  const same = model !== null && text === modelText;
  model = message;
  modelText = text;
  document.body.classList.add('hasModel');
  header.setModel(message);
  tree.setModel(message.graph);
  report({ version: message.version, message: '' });
  const chosen = message.graph.scopes.find(({ path }) => path === wantedPath) ?? firstLayer(message.graph);
  if (same && chosen && scope?.path === chosen.path) {
    // Only lines moved: nothing to compute again.
    scope = chosen;
    return;
  }
  sendModel();
  scope = null;
  if (!chosen) return;
  // A layer that is gone may come back with the next key: it stays wanted while another one is shown.
  const wanted = wantedPath;
  choose(chosen);
  wantedPath = wanted ?? chosen.path;
}

function sendModel(): void {
  if (model && usable) engine.send({ type: 'model', graph: model.graph, seed: model.seed });
}

/** Equal texts, equal models but for where things stand in the file. */
function whatIsShown({ graph, seed }: { graph: ModelGraph; seed: number }): string {
  return JSON.stringify([graph, seed], (key, value: unknown) => (key === 'source' ? undefined : value));
}

/** The first layer inside which no other lies and that gives something to look at. */
function firstLayer({ scopes }: ModelGraph): GraphScope | undefined {
  const isLeaf = ({ path }: GraphScope) => path !== '' && !scopes.some((other) => other.path.startsWith(`${path}.`));
  return scopes.find((each) => isLeaf(each) && each.outputs.length > 0) ?? scopes[0];
}

function choose(chosen: GraphScope): void {
  if (!model || chosen === scope) return;
  scope = chosen;
  wantedPath = chosen.path;
  remember({ path: chosen.path });
  tree.select(chosen.path);
  inspector.show(chosen, model.graph);
  showLayer();
}

function showLayer(): void {
  if (!scope || !usable) return;
  request++;
  const nothingYet = { path: scope.path, shape: undefined, stats: undefined, milliseconds: undefined };
  const value = scope.outputs[0];
  if (value === undefined) {
    block(`${scope.path} is never called in forward`, nothingYet);
  } else if (picture) {
    report({ ...nothingYet, state: 'running', message: '' });
    maps.setBusy('Starting…');
    engine.send({ type: 'show', request, value });
  } else {
    maps.setNotice('Choose a picture, or drop one here.');
    report({ ...nothingYet, state: 'blocked', message: 'no picture is chosen' });
  }
}

function block(reason: string, change: Partial<PanelStatus> = {}): void {
  maps.setNotice(...blockedNotice(scope?.path ?? '', reason));
  report({ ...change, state: 'blocked', message: reason });
}

function sendPicture(): void {
  if (!picture || !usable) return;
  const { width, height, data } = picture;
  engine.send({ type: 'picture', width, height, data });
}

function restartEngine(): void {
  const again = engine !== undefined;
  if (again) engine.stop();
  usable = false;
  report({ state: 'loading', message: '' });
  maps.setBusy('Starting the engine…');
  engine = startEngine(document.body.dataset['worker'] ?? '', again ? maps.renewCanvas() : maps.canvas, hear);
}

function hear(message: FromEngine): void {
  switch (message.type) {
    case 'ready':
      usable = true;
      header.setAdapter(message.adapter, message.software);
      report({ adapter: message.adapter, software: message.software });
      maps.setBusy(null);
      sendPicture();
      sendModel();
      showLayer();
      return;
    case 'noDevice':
      stopUsing('noAdapter', noDeviceNotice(message, restartEngine), message.message);
      return;
    case 'lost':
      stopUsing('noAdapter', lostNotice(message.message, restartEngine), message.message);
      return;
    case 'failed':
      stopUsing('failed', failedNotice(message.message, restartEngine), message.message);
      return;
    case 'modelReady':
      inspector.setWeights(message.weights);
      tree.markBlocked(message.blocked);
      return;
    case 'pictureReady':
      inspector.setPicture(message.steps);
      return;
    case 'probed':
      maps.setProbed(message.request, message.value);
      return;
    case 'progress':
      if (message.request === request) maps.setBusy(`Step ${message.done} of ${message.total}…`);
      return;
    case 'shown': {
      if (message.request !== request || !scope) return;
      const { shape, stats, milliseconds } = message;
      maps.setBusy(null);
      maps.setShown(message.maps, stats, scope.path || (model?.graph.name ?? ''));
      report({ state: 'shown', shape, stats, milliseconds, message: '' });
      return;
    }
    case 'notShown':
      if (message.request !== request) return;
      if (message.blocked) {
        block(message.reason);
        return;
      }
      maps.setNotice(...failedNotice(message.reason, restartEngine));
      post({ type: 'error', message: message.reason });
      report({ state: 'failed', message: message.reason });
      return;
  }
}

function stopUsing(state: 'noAdapter' | 'failed', notice: Node[], message: string): void {
  usable = false;
  maps.setNotice(...notice);
  header.setAdapter('no GPU', false);
  post({ type: 'error', message });
  report({ state, message });
}

function report(change: Partial<PanelStatus>): void {
  Object.assign(status, change);
  post({ type: 'status', status: { ...status } });
}
