// torchvision.datasets as data: what a sample of each is, before its transform.
//   datasets.MNIST('data', train=True, transform=T.ToTensor())[0]      # ((1, 28, 28), an int)

import type { Interpreter } from '../interp/interpreter.ts';
import { native, natives } from '../interp/native.ts';
import { anyIndex } from '../python/iterables.ts';
import { dimList } from '../torch/arguments.ts';
import { DATASET } from '../torch/data/datasets.ts';
import { asNumber, classValue, int, isNone, list, NONE, tuple, unknown } from '../values/make.ts';
import { tensor } from '../values/tensor.ts';
import type { ClassValue, InstanceValue, Value } from '../values/value.ts';
import { image, SOME_SIZE } from './image.ts';

/** What stands beside a picture: the number of its class, numbers in a vector, another picture, or what is not followed. */
type Target = 'class' | { vector: number } | 'picture' | 'other';

interface Known {
  mode: 'L' | 'RGB';
  /** Height and width; null: pictures of many sizes. */
  size: readonly [number, number] | null;
  classes: number | null;
  target?: Target;
  /** Of the constructor. */
  signature: string;
}

const TRAIN = 'root, train=True, transform=None, target_transform=None, download=False, **options';
const SPLIT = 'root, split="train", transform=None, target_transform=None, download=False, **options';
const PARTITION = 'root, split="train", partition=1, transform=None, target_transform=None, download=False, **options';
const PLAIN = 'root, transform=None, target_transform=None, download=False, **options';

const grey = (pixels: number, classes: number, signature = TRAIN): Known => ({
  mode: 'L',
  size: [pixels, pixels],
  classes,
  signature,
});
const colour = (pixels: number | null, classes: number | null, signature = SPLIT): Known => ({
  mode: 'RGB',
  size: pixels === null ? null : [pixels, pixels],
  classes,
  signature,
});

/** Source: the pages of torchvision.datasets, and the papers that they name. */
const KNOWN: Readonly<Record<string, Known>> = {
  MNIST: grey(28, 10),
  FashionMNIST: grey(28, 10),
  KMNIST: grey(28, 10),
  QMNIST: grey(
    28,
    10,
    'root, what=None, compat=True, train=True, transform=None, target_transform=None, download=False, **options',
  ),
  EMNIST: {
    ...grey(28, 0, 'root, split, train=True, transform=None, target_transform=None, download=False, **options'),
    classes: null,
  },
  USPS: grey(16, 10),
  SEMEION: grey(16, 10, PLAIN),
  FER2013: grey(48, 7, 'root, split="train", transform=None, target_transform=None, **options'),
  Omniglot: {
    ...grey(105, 0, 'root, background=True, transform=None, target_transform=None, download=False, **options'),
    classes: null,
  },
  CIFAR10: colour(32, 10, TRAIN),
  CIFAR100: colour(32, 100, TRAIN),
  SVHN: colour(32, 10),
  STL10: colour(
    96,
    10,
    'root, split="train", folds=None, transform=None, target_transform=None, download=False, **options',
  ),
  PCAM: colour(96, 2),
  EuroSAT: colour(64, 10, PLAIN),
  GTSRB: colour(null, 43),
  ImageNet: colour(null, 1000, 'root, split="train", transform=None, target_transform=None, **options'),
  Imagenette: colour(
    null,
    10,
    'root, split="train", size="full", download=False, transform=None, target_transform=None, **options',
  ),
  ImageFolder: colour(null, null, 'root, transform=None, target_transform=None, **options'),
  Flowers102: colour(null, 102),
  Food101: colour(null, 101),
  StanfordCars: colour(null, 196),
  FGVCAircraft: colour(
    null,
    null,
    'root, split="trainval", annotation_level="variant", transform=None, target_transform=None, download=False, **options',
  ),
  DTD: colour(null, 47, PARTITION),
  SUN397: colour(null, 397, PLAIN),
  Country211: colour(null, 211),
  RenderedSST2: colour(null, 2),
  Caltech101: {
    ...colour(
      null,
      101,
      'root, target_type="category", transform=None, target_transform=None, download=False, **options',
    ),
  },
  Caltech256: { ...colour(null, 257, PLAIN), target: 'class' },
  Places365: colour(
    null,
    365,
    'root, split="train-standard", small=False, download=False, transform=None, target_transform=None, **options',
  ),
  INaturalist: {
    ...colour(
      null,
      null,
      'root, version="2021_train", target_type="full", transform=None, target_transform=None, download=False, **options',
    ),
    target: 'other',
  },
  LFWPeople: colour(
    250,
    null,
    'root, split="10fold", image_set="funneled", transform=None, target_transform=None, download=False, **options',
  ),
  OxfordIIITPet: colour(
    null,
    37,
    'root, split="trainval", target_types="category", transform=None, target_transform=None, download=False, **options',
  ),
  CelebA: {
    ...colour(
      null,
      null,
      'root, split="train", target_type="attr", transform=None, target_transform=None, download=False, **options',
    ),
    size: [218, 178],
    target: { vector: 40 },
  },
  VOCSegmentation: {
    ...colour(
      null,
      21,
      'root, year="2012", image_set="train", download=False, transform=None, target_transform=None, transforms=None',
    ),
    target: 'picture',
  },
  VOCDetection: {
    ...colour(
      null,
      null,
      'root, year="2012", image_set="train", download=False, transform=None, target_transform=None, transforms=None',
    ),
    target: 'other',
  },
  CocoDetection: {
    ...colour(null, null, 'root, annFile, transform=None, target_transform=None, transforms=None'),
    target: 'other',
  },
  CocoCaptions: {
    ...colour(null, null, 'root, annFile, transform=None, target_transform=None, transforms=None'),
    target: 'other',
  },
};

const FAKE =
  'size=1000, image_size=(3, 224, 224), num_classes=10, transform=None, target_transform=None, random_offset=0';

const attribute = (self: Value | undefined, name: string): Value =>
  (self as InstanceValue).attributes.get(name) ?? NONE;

const transformed = (ip: Interpreter, f: Value, v: Value): Value =>
  isNone(f) ? v : f.kind === 'unknown' ? unknown('which transform this is') : ip.call(f, [v]);

function targetValue(ip: Interpreter, target: Target): Value {
  if (target === 'class') return int(anyIndex(ip));
  if (target === 'picture') return image('P', SOME_SIZE);
  return target === 'other' ? unknown('the target of this dataset is not followed') : tensor([target.vector], 'int64');
}

/** A target that another argument asks for is not followed. */
const isPlainTarget = (self: Value | undefined): boolean =>
  ['target_type', 'target_types'].every((name) => {
    const asked = attribute(self, name);
    return isNone(asked) || (asked.kind === 'str' && ['category', 'attr'].includes(asked.value));
  });

function datasetClass(name: string, known: Known): ClassValue {
  const cls = classValue(name, [DATASET], [], { module: 'torchvision.datasets', unknownBase: `torchvision's ${name}` });
  cls.dict.set(
    '__init__',
    native(`${name}.__init__`, `self, ${known.signature}`, (ip, args) => {
      const { attributes } = args['self'] as InstanceValue;
      for (const key of ['transform', 'target_transform', 'transforms', 'target_type', 'target_types', 'image_size'])
        if (args[key]) ip.setVariable(attributes as never, key, args[key]);
      const count = name === 'FakeData' ? asNumber(args['num_classes']) : known.classes;
      if (count !== null)
        ip.setVariable(
          attributes as never,
          'classes',
          list(Array.from({ length: count }, () => unknown('the name of a class'))),
        );
      return NONE;
    }),
  );
  for (const [method, body] of natives({
    __len__: ['self', (ip) => int(ip.freshSize('samples'))],
    __getitem__: ['self, index', (ip, { self }) => sample(ip, self, known)],
  }))
    cls.dict.set(method, body);
  return cls;
}

function sample(ip: Interpreter, self: Value | undefined, known: Known): Value {
  if (!isNone(attribute(self, 'transforms'))) return unknown('transforms of pairs are not followed');
  const asked = attribute(self, 'image_size');
  const fake = isNone(asked) ? null : dimList(asked);
  if (!isNone(asked) && (!fake || fake.length !== 3 || fake.includes(null))) return unknown('the size of its pictures');
  const picture = fake
    ? image(fake[0] === 1 ? 'L' : 'RGB', [fake[1]!, fake[2]!])
    : image(known.mode, known.size ?? SOME_SIZE);
  const target = isPlainTarget(self)
    ? targetValue(ip, known.target ?? 'class')
    : unknown('a target that is not followed');
  return tuple([
    transformed(ip, attribute(self, 'transform'), picture),
    transformed(ip, attribute(self, 'target_transform'), target),
  ]);
}

export const visionDatasets = (): [string, Value][] => [
  ...Object.entries(KNOWN).map(([name, known]): [string, Value] => [name, datasetClass(name, known)]),
  ['FakeData', datasetClass('FakeData', { mode: 'RGB', size: null, classes: null, signature: FAKE })],
];
