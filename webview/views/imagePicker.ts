// The pictures: shipped samples as thumbnails, a file of the user's own by button or by dropping it on the page.
// What is no image says so, and the last picture stays.

import type { SampleImage } from '../../src/protocol/panel.ts';
import { button } from './controls.ts';
import { element } from './dom.ts';

export interface ChosenPicture {
  name: string;
  width: number;
  height: number;
  /** RGBA, 8 bits each. */
  data: ArrayBuffer;
}

export interface ImagePickerEvents {
  choose(picture: ChosenPicture): void;
  fail(message: string): void;
}

/** Larger pictures are of no use to any model here, and decoding them costs memory. */
const MAX_PIXELS = 64_000_000;

export class ImagePicker {
  readonly root: HTMLElement;
  readonly #events: ImagePickerEvents;
  readonly #strip = element('div', { class: 'thumbnails', role: 'radiogroup', 'aria-label': 'Picture' });
  readonly #message = element('p', { class: 'problem', role: 'alert', hidden: '' });
  readonly #file = element('input', { type: 'file', accept: 'image/*', hidden: '', 'aria-label': 'Choose a picture' });
  #chosen = '';
  #preferred: string | undefined;
  /** Decoding takes a while: only the newest choice counts. */
  #turn = 0;

  constructor(events: ImagePickerEvents, preferred: string | undefined) {
    this.#events = events;
    this.#preferred = preferred;
    const choose = button('Choose picture…', () => this.#file.click());
    this.root = element('div', { class: 'pictures' }, this.#strip, choose, this.#file, this.#message);
    this.#file.addEventListener('change', () => {
      const file = this.#file.files?.[0];
      this.#file.value = '';
      if (file) void this.#take(file.name, async () => file);
    });
    this.#acceptDrops();
  }

  get chosen(): string {
    return this.#chosen;
  }

  setSamples(images: readonly SampleImage[]): void {
    for (const old of this.#strip.querySelectorAll('.sample')) old.remove();
    this.#strip.append(...images.map((image) => this.#thumbnail(image.name, image.uri, () => this.#takeSample(image))));
    this.#mark();
    if (this.#chosen !== '' || images.length === 0) return;
    void this.#takeSample(images.find(({ name }) => name === this.#preferred) ?? images[0]!);
  }

  #takeSample({ name, uri }: SampleImage): Promise<void> {
    return this.#take(name, async () => {
      const response = await fetch(uri);
      if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
      return response.blob();
    });
  }

  #thumbnail(name: string, uri: string, choose: () => void, kind = 'sample'): HTMLElement {
    const picture = element('img', { src: uri, alt: '', draggable: 'false' });
    const made = element(
      'button',
      { class: `thumbnail ${kind}`, type: 'button', role: 'radio', title: name, 'aria-label': name, 'data-name': name },
      picture,
    );
    made.addEventListener('click', choose);
    return made;
  }

  async #take(name: string, open: () => Promise<Blob>): Promise<void> {
    const turn = ++this.#turn;
    try {
      const blob = await open();
      const picture = await decode(blob);
      if (turn !== this.#turn) return;
      this.#chosen = name;
      this.#message.hidden = true;
      if (![...this.#strip.querySelectorAll<HTMLElement>('.sample')].some(({ dataset }) => dataset['name'] === name))
        this.#showOwn(name, blob);
      this.#mark();
      this.#events.choose({ name, ...picture });
    } catch (error) {
      if (turn !== this.#turn) return;
      const still = this.#chosen === '' ? '' : ` Still showing ${this.#chosen}.`;
      this.#message.textContent = `${name} is not a picture that can be read.${still}`;
      this.#message.hidden = false;
      this.#events.fail(`${this.#message.textContent} (${error instanceof Error ? error.message : error})`);
    }
  }

  /** The user's own picture gets a thumbnail too, one at a time. */
  #showOwn(name: string, blob: Blob): void {
    const old = this.#strip.querySelector<HTMLElement>('.own');
    if (old) {
      URL.revokeObjectURL(old.querySelector('img')!.src);
      old.remove();
    }
    this.#strip.append(
      this.#thumbnail(name, URL.createObjectURL(blob), () => this.#take(name, async () => blob), 'own'),
    );
  }

  #mark(): void {
    for (const thumbnail of this.#strip.querySelectorAll<HTMLElement>('.thumbnail')) {
      thumbnail.setAttribute('aria-checked', String(thumbnail.dataset['name'] === this.#chosen));
    }
  }

  #acceptDrops(): void {
    const over = (event: DragEvent, on: boolean) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      document.body.classList.toggle('dropping', on);
    };
    document.addEventListener('dragover', (event) => over(event, true));
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) over(event, false);
    });
    document.addEventListener('drop', (event) => {
      over(event, false);
      const file = event.dataTransfer?.files[0];
      if (file) void this.#take(file.name, async () => file);
    });
  }
}

/** Pixels as they are in the file: no colour management, no premultiplied alpha. */
async function decode(blob: Blob): Promise<Omit<ChosenPicture, 'name'>> {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { width, height } = bitmap;
  if (width * height > MAX_PIXELS) throw new Error(`${width} × ${height} pixels are too many`);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data.buffer as ArrayBuffer };
}
