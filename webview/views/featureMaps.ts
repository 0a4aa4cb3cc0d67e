// The chosen layer's feature maps: a canvas that stays in view while the grid scrolls beneath it, the value under the
// pointer, one channel enlarged by a click. The worker draws; this file says what part of the grid, and how.

import type { ValueStats } from '../../src/protocol/panel.ts';
import { COLOURS, type Maps, type MapView, RANGES } from '../engine/featureMaps.ts';
import { button, dropdown, progressRing } from './controls.ts';
import { element } from './dom.ts';
import { formatValue } from './format.ts';
import {
  type Place,
  placeAt,
  TILE_SIZES,
  type TileLayout,
  type TileSize,
  tileLayout,
  tileOrigin,
} from './tileLayout.ts';

export interface FeatureMapsEvents {
  draw(view: MapView): void;
  /** Asks for a value; the answer comes through `setProbed` with the same number. */
  probe(request: number, place: Place): void;
  settings(settings: MapSettings): void;
}

export interface MapSettings {
  colours: MapView['colours'];
  range: MapView['range'];
  size: TileSize;
}

const LABELS = {
  viridis: 'Viridis',
  gray: 'Gray',
  diverging: 'Blue to red',
  channel: 'Each channel',
  layer: 'Whole layer',
  fit: 'Fit',
  small: 'Small',
  medium: 'Medium',
  large: 'Large',
} as const;

const choices = <T extends keyof typeof LABELS>(values: readonly T[]) =>
  values.map((value) => ({ value, label: LABELS[value] }));

export class FeatureMaps {
  readonly root: HTMLElement;
  canvas = element('canvas', { class: 'maps', role: 'img' });
  readonly #events: FeatureMapsEvents;
  readonly #settings: MapSettings;
  readonly #grid = element('div', { class: 'grid' });
  readonly #outline = element('div', { class: 'outline', hidden: '' });
  readonly #viewport = element('div', { class: 'viewport', tabindex: '0', 'aria-label': 'Feature maps' });
  readonly #tooltip = element('div', { class: 'tooltip', hidden: '' });
  readonly #stats = element('span', { class: 'stats' });
  readonly #low = element('span');
  readonly #scale = element('span', { class: 'scale', 'aria-hidden': 'true' });
  readonly #high = element('span');
  readonly #legend: HTMLElement;
  readonly #busy = element('div', { class: 'busy', hidden: '' });
  readonly #notice = element('div', { class: 'notice', hidden: '' });
  readonly #back: HTMLElement;
  #maps: Maps | null = null;
  #range = { min: 0, max: 0 };
  #layout: TileLayout | null = null;
  #enlarged: number | null = null;
  #probe = { request: 0, place: null as Place | null };
  #frame = 0;

  constructor(events: FeatureMapsEvents, settings: MapSettings) {
    this.#events = events;
    this.#settings = settings;
    this.#back = button('All channels', () => this.#enlarge(null));
    this.#back.hidden = true;
    const toolbar = element(
      'div',
      { class: 'toolbar' },
      this.#back,
      this.#dropdown('Colours', 'colours', COLOURS),
      this.#dropdown('Range', 'range', RANGES),
      this.#dropdown('Size', 'size', TILE_SIZES),
    );
    const legend = element('div', { class: 'legend', hidden: '' }, this.#low, this.#scale, this.#high, this.#stats);
    this.#legend = legend;
    this.#grid.append(this.canvas, this.#outline);
    this.#viewport.append(this.#grid);
    const stage = element('div', { class: 'stage' }, this.#viewport, this.#busy, this.#notice, this.#tooltip);
    this.root = element('section', { class: 'featureMaps' }, toolbar, legend, stage);
    this.#viewport.addEventListener('scroll', () => this.#redraw());
    this.#viewport.addEventListener('pointermove', (event) => this.#pointed(event));
    this.#viewport.addEventListener('pointerleave', () => this.#unpoint());
    this.#viewport.addEventListener('click', (event) => this.#clicked(event));
    this.#viewport.addEventListener('keydown', (event) => this.#pressed(event));
    new ResizeObserver(() => this.#arrange()).observe(this.#viewport);
  }

  /** A fresh canvas, for a worker that starts anew: control over a canvas can be given away only once. */
  renewCanvas(): HTMLCanvasElement {
    const fresh = element('canvas', { class: 'maps', role: 'img' });
    this.canvas.replaceWith(fresh);
    this.canvas = fresh;
    return fresh;
  }

  setBusy(text: string | null): void {
    this.#busy.hidden = text === null;
    if (text !== null) this.#busy.replaceChildren(progressRing('Computing'), element('span', {}, text));
  }

  /** The maps that the worker has ready to draw. An enlarged channel stays where it still exists. */
  setShown(maps: Maps, stats: ValueStats, label: string): void {
    this.#notice.hidden = true;
    this.#maps = maps;
    this.#range = stats;
    if (this.#enlarged !== null && this.#enlarged >= maps.channels) this.#enlarged = null;
    const bad = stats.notFinite > 0 ? ` · ${stats.notFinite.toLocaleString('en-US')} not finite` : '';
    this.#stats.textContent = `min ${formatValue(stats.min)} · mean ${formatValue(stats.mean)} · max ${formatValue(stats.max)}${bad}`;
    this.canvas.setAttribute(
      'aria-label',
      `${label}: ${maps.channels} maps of ${maps.height} by ${maps.width}, ${this.#stats.textContent}`,
    );
    this.#unpoint();
    this.#arrange();
  }

  /** Takes the maps away and says why. */
  setNotice(...content: (Node | string)[]): void {
    this.#maps = null;
    this.#layout = null;
    this.#legend.hidden = true;
    this.#unpoint();
    this.#grid.style.height = '0';
    this.#notice.hidden = false;
    this.#notice.replaceChildren(...content);
    this.setBusy(null);
  }

  setProbed(request: number, value: number | null): void {
    const { place } = this.#probe;
    if (request !== this.#probe.request || !place || value === null) return;
    const { channel, y, x } = place;
    const single = this.#isSingle();
    const where = single
      ? `index ${channel}`
      : this.#maps?.channels === 1
        ? `y ${y}, x ${x}`
        : `channel ${channel}, y ${y}, x ${x}`;
    this.#tooltip.replaceChildren(element('span', {}, where), element('strong', {}, formatValue(value)));
    this.#tooltip.hidden = false;
  }

  #dropdown<K extends keyof MapSettings>(label: string, key: K, values: readonly MapSettings[K][]): HTMLElement {
    return dropdown(label, choices(values), this.#settings[key], (value) => {
      this.#settings[key] = value as MapSettings[K];
      this.#events.settings({ ...this.#settings });
      this.#arrange();
    });
  }

  /** Lays the tiles out for the room there is. */
  #arrange(): void {
    const maps = this.#maps;
    if (!maps) return;
    const room = { width: this.#viewport.clientWidth, height: this.#viewport.clientHeight };
    this.#layout = tileLayout(maps, room, this.#settings.size, this.#enlarged);
    this.#grid.style.height = `${this.#layout.height}px`;
    this.#back.hidden = this.#enlarged === null;
    this.#back.textContent = `← All ${maps.channels} channels`;
    this.#explainColours();
    this.#redraw();
  }

  /** A single value has no range of its own: it is seen among the layer's. */
  #rangeShown(): MapView['range'] {
    return this.#isSingle() ? 'layer' : this.#settings.range;
  }

  #isSingle(): boolean {
    return this.#maps !== null && this.#maps.height * this.#maps.width === 1;
  }

  /** What the colours stand for. */
  #explainColours(): void {
    const { colours } = this.#settings;
    const { min, max } = this.#range;
    const most = Math.max(Math.abs(min), Math.abs(max));
    const [low, high] = colours === 'diverging' ? [-most, most] : [min, max];
    if (this.#rangeShown() === 'channel') {
      const whose = this.#enlarged === null ? 'each channel' : `channel ${this.#enlarged}`;
      this.#low.textContent = colours === 'diverging' ? '−largest' : 'min';
      this.#high.textContent = colours === 'diverging' ? 'largest' : 'max';
      this.#legend.title = `Colours run from the smallest to the largest value of ${whose}`;
    } else {
      this.#legend.title = 'Colours run from the smallest to the largest value of the layer';
      this.#low.textContent = formatValue(low);
      this.#high.textContent = formatValue(high);
    }
    this.#scale.className = `scale ${colours}`;
    this.#legend.hidden = false;
  }

  /** Once a frame is enough, however fast things scroll. */
  #redraw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.#layout) return;
      const { clientWidth, clientHeight, scrollTop } = this.#viewport;
      const { first, count, columns, tileWidth, tileHeight, gap } = this.#layout;
      const ratio = window.devicePixelRatio;
      const pixels = (length: number) => Math.max(1, Math.round(length * ratio));
      this.canvas.style.width = `${clientWidth}px`;
      this.canvas.style.height = `${clientHeight}px`;
      this.#events.draw({
        canvasWidth: pixels(clientWidth),
        canvasHeight: pixels(clientHeight),
        first,
        count,
        columns,
        tileWidth: pixels(tileWidth),
        tileHeight: pixels(tileHeight),
        gap: gap === 0 ? 0 : pixels(gap),
        scroll: Math.round(scrollTop * ratio),
        colours: this.#settings.colours,
        range: this.#rangeShown(),
      });
    });
  }

  #placeOf(event: MouseEvent): Place | null {
    if (!this.#layout || !this.#maps) return null;
    const box = this.#viewport.getBoundingClientRect();
    const top = event.clientY - box.top + this.#viewport.scrollTop;
    return placeAt(this.#layout, this.#maps, event.clientX - box.left, top);
  }

  #pointed(event: PointerEvent): void {
    const place = this.#placeOf(event);
    if (!place || !this.#layout) {
      this.#unpoint();
      return;
    }
    const stage = this.root.querySelector('.stage')!.getBoundingClientRect();
    const flip = event.clientX > stage.left + stage.width * 0.7;
    this.#tooltip.style.left = `${event.clientX - stage.left + (flip ? -12 : 14)}px`;
    this.#tooltip.style.top = `${event.clientY - stage.top + 14}px`;
    this.#tooltip.classList.toggle('flip', flip);
    const { left, top } = tileOrigin(this.#layout, place.channel);
    Object.assign(this.#outline.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${this.#layout.tileWidth}px`,
      height: `${this.#layout.tileHeight}px`,
    });
    this.#outline.hidden = this.#layout.count === 1;
    const old = this.#probe.place;
    if (old && old.channel === place.channel && old.y === place.y && old.x === place.x) return;
    this.#probe = { request: this.#probe.request + 1, place };
    this.#events.probe(this.#probe.request, place);
  }

  #unpoint(): void {
    this.#probe = { request: this.#probe.request + 1, place: null };
    this.#tooltip.hidden = true;
    this.#outline.hidden = true;
  }

  #clicked(event: MouseEvent): void {
    if (!this.#maps || this.#maps.channels === 1 || this.#isSingle()) return;
    const place = this.#placeOf(event);
    if (this.#enlarged !== null) this.#enlarge(null);
    else if (place) this.#enlarge(place.channel);
  }

  #pressed(event: KeyboardEvent): void {
    if (this.#enlarged === null || !this.#maps) return;
    const { channels } = this.#maps;
    if (event.key === 'Escape') this.#enlarge(null);
    else if (event.key === 'ArrowRight') this.#enlarge((this.#enlarged + 1) % channels);
    else if (event.key === 'ArrowLeft') this.#enlarge((this.#enlarged + channels - 1) % channels);
    else return;
    event.preventDefault();
  }

  #enlarge(channel: number | null): void {
    this.#enlarged = channel;
    this.#viewport.scrollTop = 0;
    this.#unpoint();
    this.#arrange();
  }
}
